import { ANSWERS_NOT_COMPARED, active, authorized, field, inactive, lists, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { HEX, keyworded, run } from '../token-shape.ts';

const DOCS = 'https://api-docs.deepseek.com';

export const deepseek = {
  id: 'deepseek',
  label: 'DeepSeek',
  family: 'api-key',
  docs: DOCS,
  revoke: 'https://platform.deepseek.com/api_keys',
  // Other providers give out keys of the same form, so the name has to stand beside it.
  formats: [
    keyworded({ id: 'deepseek.api-key', keywords: ['deepseek'], shape: ['sk-', run(HEX, 32)], variable: 'DEEPSEEK_API_KEY' }),
  ],
  probe: {
    hosts: ['api.deepseek.com'],
    effect: 'reads',
    requests: authorized('https://api.deepseek.com/user/balance'),
    read: verdictTable([
      active('balance', 200, [lists('balance_infos')], `${DOCS}/api/get-user-balance`),
      inactive('authentication', 401, [field('error.type', 'authentication_error')], `${DOCS}/quick_start/error_codes`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
