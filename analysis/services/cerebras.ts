import { ANSWERS_NOT_COMPARED, active, authorized, field, inactive, lists, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { LOWER_DIGITS, run, shaped } from '../token-shape.ts';

const DOCS = 'https://inference-docs.cerebras.ai';

export const cerebras = {
  id: 'cerebras',
  label: 'Cerebras',
  family: 'api-key',
  docs: `${DOCS}/quickstart`,
  revoke: 'https://cloud.cerebras.ai/',
  formats: [shaped({ id: 'cerebras.api-key', shape: ['csk-', run(LOWER_DIGITS, 48)], variable: 'CEREBRAS_API_KEY' })],
  probe: {
    hosts: ['api.cerebras.ai'],
    effect: 'reads',
    requests: authorized('https://api.cerebras.ai/v1/models'),
    read: verdictTable([
      active('models', 200, [field('object', 'list'), lists('data')], `${DOCS}/api-reference/models/list-models`),
      inactive('wrong-api-key', 401, [field('code', 'wrong_api_key')], `${DOCS}/support/error`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the code of the refusal'],
} as const satisfies Service;
