import { ANSWERS_NOT_COMPARED, active, authorized, inactive, names, saysAt, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, run, shaped } from '../token-shape.ts';

const DOCS = 'https://api-docs.render.com';

export const render = {
  id: 'render',
  label: 'Render',
  family: 'api-key',
  docs: `${DOCS}/reference/authentication`,
  revoke: 'https://dashboard.render.com/u/settings#api-keys',
  formats: [shaped({ id: 'render.api-key', shape: ['rnd_', run(ALNUM, 28, 32)], variable: 'RENDER_API_KEY' })],
  probe: {
    hosts: ['api.render.com'],
    effect: 'reads',
    requests: authorized('https://api.render.com/v1/users'),
    read: verdictTable([
      active('user', 200, [names('email')], `${DOCS}/reference/get-user`),
      inactive('unauthorized', 401, [saysAt('message', /^Unauthorized/i)], `${DOCS}/reference/authentication`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the body of the 401 answer'],
} as const satisfies Service;
