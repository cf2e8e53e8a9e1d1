import { ANSWERS_NOT_COMPARED, active, authorized, field, inactive, lists, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { BASE64URL, HEX, keyworded, run, shaped } from '../token-shape.ts';

const DOCS = 'https://docs.together.ai';

export const together = {
  id: 'together',
  label: 'Together AI',
  family: 'api-key',
  docs: `${DOCS}/reference/authentication-1`,
  revoke: 'https://api.together.ai/settings/api-keys',
  formats: [
    shaped({ id: 'together.api-key', shape: ['tgp_v1_', run(BASE64URL, 43)], variable: 'TOGETHER_API_KEY' }),
    keyworded({
      id: 'together.old-api-key',
      keywords: ['together_api', 'togetherapikey', 'together_ai', 'togetherai'],
      shape: [run(HEX, 64)],
      variable: 'TOGETHER_API_KEY',
    }),
  ],
  probe: {
    hosts: ['api.together.xyz'],
    effect: 'reads',
    requests: authorized('https://api.together.xyz/v1/models'),
    read: verdictTable([
      active('models', 200, [lists()], `${DOCS}/reference/models-1`),
      inactive('invalid-api-key', 401, [field('error.code', 'invalid_api_key')], `${DOCS}/docs/error-codes`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
