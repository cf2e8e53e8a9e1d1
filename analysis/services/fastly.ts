import { ANSWERS_NOT_COMPARED, active, inactive, inHeader, names, saysAt, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { BASE64URL, keyworded, run } from '../token-shape.ts';

const DOCS = 'https://www.fastly.com/documentation';

export const fastly = {
  id: 'fastly',
  label: 'Fastly',
  family: 'token',
  docs: `${DOCS}/guides/account-info/account-management/using-api-tokens/`,
  revoke: 'https://manage.fastly.com/account/personal/tokens',
  formats: [
    keyworded({
      id: 'fastly.api-token',
      keywords: ['fastly'],
      shape: [run(BASE64URL, 32)],
      variable: 'FASTLY_API_TOKEN',
      accepts: (token) => /[a-z]/.test(token) && /[A-Z]/.test(token) && /[0-9]/.test(token),
    }),
  ],
  probe: {
    hosts: ['api.fastly.com'],
    effect: 'reads',
    requests: inHeader('https://api.fastly.com/tokens/self', 'fastly-key'),
    read: verdictTable([
      active('token', 200, [names('id'), names('user_id')], `${DOCS}/reference/api/auth-tokens/user/#get-token-current`),
      inactive('invalid-credentials', 401, [saysAt('msg', /credentials are missing or invalid/)], `${DOCS}/reference/api/`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
