import { ANSWERS_NOT_COMPARED, active, authorized, inactive, lists, saysAt, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, keyworded, run } from '../token-shape.ts';

const DOCS = 'https://docs.cohere.com';

export const cohere = {
  id: 'cohere',
  label: 'Cohere',
  family: 'api-key',
  docs: `${DOCS}/reference/about`,
  revoke: 'https://dashboard.cohere.com/api-keys',
  formats: [
    keyworded({
      id: 'cohere.api-key',
      keywords: ['cohere', 'co_api_key'],
      shape: [run(ALNUM, 40)],
      variable: 'COHERE_API_KEY',
      accepts: (token) => /[a-z]/.test(token) && /[A-Z]/.test(token) && /[0-9]/.test(token),
    }),
  ],
  probe: {
    hosts: ['api.cohere.com'],
    effect: 'reads',
    requests: authorized('https://api.cohere.com/v1/models?page_size=1'),
    read: verdictTable([
      active('models', 200, [lists('models')], `${DOCS}/reference/list-models`),
      inactive('invalid-api-token', 401, [saysAt('message', /invalid api (?:token|key)/i)], `${DOCS}/reference/errors`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
