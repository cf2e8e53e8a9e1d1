import { ANSWERS_NOT_COMPARED, active, authorized, field, inactive, lists, restricted, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, run, shaped } from '../token-shape.ts';

const DOCS = 'https://console.groq.com/docs';

export const groq = {
  id: 'groq',
  label: 'Groq',
  family: 'api-key',
  docs: `${DOCS}/quickstart`,
  revoke: 'https://console.groq.com/keys',
  formats: [shaped({ id: 'groq.api-key', shape: ['gsk_', run(ALNUM, 52)], variable: 'GROQ_API_KEY' })],
  probe: {
    hosts: ['api.groq.com'],
    effect: 'reads',
    requests: authorized('https://api.groq.com/openai/v1/models'),
    read: verdictTable([
      active('models', 200, [field('object', 'list'), lists('data')], `${DOCS}/api-reference#models-list`),
      restricted('organization', [400, 403], [field('error.code', 'organization_restricted')], `${DOCS}/errors`),
      inactive('invalid-api-key', 401, [field('error.code', 'invalid_api_key', 'expired_api_key')], `${DOCS}/errors`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the code for organizations that Groq has restricted'],
} as const satisfies Service;
