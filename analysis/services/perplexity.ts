import { ANSWERS_NOT_COMPARED, active, authorized, field, inactive, lists, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, run, shaped } from '../token-shape.ts';

const DOCS = 'https://docs.perplexity.ai';

export const perplexity = {
  id: 'perplexity',
  label: 'Perplexity',
  family: 'api-key',
  docs: `${DOCS}/getting-started/quickstart`,
  revoke: 'https://www.perplexity.ai/account/api/keys',
  formats: [shaped({ id: 'perplexity.api-key', shape: ['pplx-', run(ALNUM, 48)], variable: 'PERPLEXITY_API_KEY' })],
  probe: {
    hosts: ['api.perplexity.ai'],
    effect: 'reads',
    // The list of models: everything else is an answer that the owner pays for.
    requests: authorized('https://api.perplexity.ai/router/v1/models'),
    read: verdictTable([
      active('models', 200, [field('object', 'list'), lists('data')], `${DOCS}/api-reference/gateway-models-get`),
      // No other 401: not every account has this list.
      inactive('invalid-key', 401, [field('error.type', 'invalid_api_key')], `${DOCS}/api-reference/gateway-models-get`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
