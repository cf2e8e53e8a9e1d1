import { ANSWERS_NOT_COMPARED, active, field, get, inactive, lists, names, reveal, verdictTable } from '../service-kit.ts';
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
    // Tokens of a server and of an account look the same, and neither opens what the other does.
    requests: (parts) => [
      get('https://api.postmarkapp.com/server', { 'x-postmark-server-token': reveal(parts) }),
      get('https://api.postmarkapp.com/domains?count=1&offset=0', { 'x-postmark-account-token': reveal(parts) }),
    ],
    read: verdictTable([
      active('server', 200, [names('ID'), names('Name')], `${DOCS}/api/server-api#get-server`),
      active('domains', 200, [names('TotalCount'), lists('Domains')], `${DOCS}/api/domains-api#list-domains`),
      inactive('invalid-token', 401, [field('ErrorCode', 10)], `${DOCS}/api/overview#error-codes`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
