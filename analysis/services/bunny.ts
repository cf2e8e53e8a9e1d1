import { ANSWERS_NOT_COMPARED, active, apiAnswer, inactive, inHeader, lists, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { HEX, keyworded, run, UUID } from '../token-shape.ts';

const DOCS = 'https://docs.bunny.net';

export const bunny = {
  id: 'bunny',
  label: 'bunny.net',
  family: 'api-key',
  docs: DOCS,
  revoke: 'https://dash.bunny.net/account/api-key',
  formats: [
    keyworded({
      id: 'bunny.account-key',
      keywords: ['bunny'],
      shape: [...UUID, run(HEX, 8), '-', run(HEX, 4), '-', run(HEX, 4), '-', run(HEX, 4), '-', run(HEX, 12)],
      variable: 'BUNNY_API_KEY',
    }),
  ],
  probe: {
    hosts: ['api.bunny.net'],
    effect: 'reads',
    requests: inHeader('https://api.bunny.net/pullzone?page=1&perPage=5', 'accesskey'),
    read: verdictTable([
      active('pull-zones', 200, [lists('Items')], `${DOCS}/reference/pullzonepublic_index`),
      inactive('unauthorized', 401, [apiAnswer], `${DOCS}/reference/bunnynet-api-overview`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the body of the 401 answer'],
} as const satisfies Service;
