import { ANSWERS_NOT_COMPARED, active, apiAnswer, authorized, field, inactive, names, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { BASE64URL, run, shaped } from '../token-shape.ts';

const DOCS = 'https://developer.frame.io';

export const frameIo = {
  id: 'frame-io',
  label: 'Frame.io',
  family: 'token',
  docs: DOCS,
  revoke: 'https://developer.frame.io/app/tokens',
  formats: [shaped({ id: 'frame-io.developer-token', shape: ['fio-u-', run(BASE64URL, 64)], variable: 'FRAMEIO_TOKEN' })],
  probe: {
    hosts: ['api.frame.io'],
    effect: 'reads',
    requests: authorized('https://api.frame.io/v2/me'),
    read: verdictTable([
      active('me', 200, [names('id'), field('_type', 'user')], `${DOCS}/api/reference/operation/getMe/`),
      inactive('not-authorized', 401, [apiAnswer], `${DOCS}/api/reference/`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the body of the 401 answer'],
} as const satisfies Service;
