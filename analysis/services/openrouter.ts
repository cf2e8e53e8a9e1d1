import { ANSWERS_NOT_COMPARED, active, authorized, field, inactive, names, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { HEX, run, shaped } from '../token-shape.ts';

const DOCS = 'https://openrouter.ai/docs/api-reference';

export const openrouter = {
  id: 'openrouter',
  label: 'OpenRouter',
  family: 'api-key',
  docs: `${DOCS}/authentication`,
  revoke: 'https://openrouter.ai/settings/keys',
  formats: [shaped({ id: 'openrouter.api-key', shape: ['sk-or-v1-', run(HEX, 64)], variable: 'OPENROUTER_API_KEY' })],
  probe: {
    hosts: ['openrouter.ai'],
    effect: 'reads',
    requests: authorized('https://openrouter.ai/api/v1/key'),
    read: verdictTable([
      active('key', 200, [names('data.label')], `${DOCS}/limits`),
      inactive('no-such-key', 401, [field('error.code', 401)], `${DOCS}/errors`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
