import { ANSWERS_NOT_COMPARED, active, authorized, field, inactive, lists, saysAt, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, keyworded, run } from '../token-shape.ts';

const DOCS = 'https://docs.mistral.ai/api';

export const mistral = {
  id: 'mistral',
  label: 'Mistral',
  family: 'api-key',
  docs: DOCS,
  revoke: 'https://console.mistral.ai/api-keys',
  formats: [
    keyworded({
      id: 'mistral.api-key',
      keywords: ['mistral'],
      shape: [run(ALNUM, 32)],
      variable: 'MISTRAL_API_KEY',
      accepts: (token) => /[a-z]/.test(token) && /[A-Z]/.test(token) && /[0-9]/.test(token),
    }),
  ],
  probe: {
    hosts: ['api.mistral.ai'],
    effect: 'reads',
    requests: authorized('https://api.mistral.ai/v1/models'),
    read: verdictTable([
      active('models', 200, [field('object', 'list'), lists('data')], `${DOCS}/endpoint/models`),
      inactive('unauthorized', 401, [saysAt('message', /^Unauthorized|No API key found/)], 'wording of the refusal'),
      inactive('unauthorized', 401, [saysAt('detail', /^Unauthorized/)], 'wording of the refusal'),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
