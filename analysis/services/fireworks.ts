import { ANSWERS_NOT_COMPARED, active, apiAnswer, authorized, inactive, lists, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, run, shaped } from '../token-shape.ts';

const DOCS = 'https://docs.fireworks.ai';

export const fireworks = {
  id: 'fireworks',
  label: 'Fireworks AI',
  family: 'api-key',
  docs: `${DOCS}/api-reference/introduction`,
  revoke: 'https://app.fireworks.ai/settings/users/api-keys',
  formats: [shaped({ id: 'fireworks.api-key', shape: ['fw_', run(ALNUM, 22, 24)], variable: 'FIREWORKS_API_KEY' })],
  probe: {
    hosts: ['api.fireworks.ai'],
    effect: 'reads',
    requests: authorized('https://api.fireworks.ai/inference/v1/models'),
    read: verdictTable([
      active('models', 200, [lists('data')], `${DOCS}/getting-started/quickstart`),
      inactive('unauthorized', 401, [apiAnswer], `${DOCS}/guides/inference-error-codes (401)`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the body of the 401 answer'],
} as const satisfies Service;
