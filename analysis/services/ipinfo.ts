import { ANSWERS_NOT_COMPARED, active, authorized, holds, inactive, names, saysAt, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { HEX, keyworded, run } from '../token-shape.ts';

const DOCS = 'https://ipinfo.io/developers';

export const ipinfo = {
  id: 'ipinfo',
  label: 'IPinfo',
  family: 'token',
  docs: DOCS,
  revoke: 'https://ipinfo.io/dashboard/token',
  formats: [keyworded({ id: 'ipinfo.token', keywords: ['ipinfo'], shape: [run(HEX, 14)], variable: 'IPINFO_TOKEN' })],
  probe: {
    hosts: ['ipinfo.io'],
    effect: 'reads',
    requests: authorized('https://ipinfo.io/me'),
    read: verdictTable([
      active('me', 200, [names('requests.limit')], `${DOCS}#usage`),
      active('me', 200, [names('token'), holds('requests')], `${DOCS}#usage`),
      inactive('unknown-token', [401, 403], [saysAt('error.title', /Unknown token|Invalid token/i)], `${DOCS}/error-responses`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the wording of the refusal'],
} as const satisfies Service;
