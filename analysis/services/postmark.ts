import { ANSWERS_NOT_COMPARED, active, field, inactive, inHeader, names, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { keyworded, UUID } from '../token-shape.ts';

const DOCS = 'https://postmarkapp.com/developer';

export const postmark = {
  id: 'postmark',
  label: 'Postmark',
  family: 'token',
  docs: `${DOCS}/api/overview#authentication`,
  revoke: 'https://account.postmarkapp.com/servers',
  formats: [keyworded({ id: 'postmark.server-token', keywords: ['postmark'], shape: UUID, variable: 'POSTMARK_SERVER_TOKEN' })],
  probe: {
    hosts: ['api.postmarkapp.com'],
    effect: 'reads',
    requests: inHeader('https://api.postmarkapp.com/server', 'x-postmark-server-token'),
    read: verdictTable([
      active('server', 200, [names('ID'), names('Name')], `${DOCS}/api/server-api#get-server`),
      inactive('invalid-token', 401, [field('ErrorCode', 10)], `${DOCS}/api/overview#error-codes`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'tokens of an account, which open other addresses, get the same refusal'],
} as const satisfies Service;
