import type { Service } from '../service.ts';
import { ALNUM, BASE64URL, keyworded, run, shaped } from '../token-shape.ts';

export const alchemy = {
  id: 'alchemy',
  label: 'Alchemy',
  family: 'api-key',
  docs: 'https://www.alchemy.com/docs/how-to-create-access-keys',
  revoke: 'https://dashboard.alchemy.com/',
  formats: [
    shaped({ id: 'alchemy.address', shape: ['.g.alchemy.com/v2/', run(BASE64URL, 32)], variable: 'ETH_RPC_URL' }),
    shaped({ id: 'alchemy.auth-token', shape: ['alcht_', run(ALNUM, 30)], variable: 'ALCHEMY_AUTH_TOKEN' }),
    keyworded({
      id: 'alchemy.api-key',
      keywords: ['alchemy_api_key', 'alchemy_key', 'alchemyapikey'],
      shape: [run(BASE64URL, 32)],
      variable: 'ALCHEMY_API_KEY',
    }),
  ],
  noProbe: 'every question is a call that counts against the quota of the owner',
  unconfirmed: ['the length of tokens for webhooks (alcht_)'],
} as const satisfies Service;
