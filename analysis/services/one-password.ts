import type { Service } from '../service.ts';
import { BASE64URL, run, shaped } from '../token-shape.ts';

export const onePassword = {
  id: 'one-password',
  label: '1Password',
  family: 'token',
  docs: 'https://developer.1password.com/docs/service-accounts/',
  revoke: 'https://my.1password.com/developer-tools/directory',
  formats: [
    shaped({
      id: 'one-password.service-account-token',
      shape: ['ops_eyJ', run(BASE64URL, 200, 1500)],
      variable: 'OP_SERVICE_ACCOUNT_TOKEN',
    }),
  ],
  noProbe: 'a session begins with an exchange of secrets that counts against the account',
} as const satisfies Service;
