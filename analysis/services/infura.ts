import type { Service } from '../service.ts';
import { HEX, keyworded, run, shaped } from '../token-shape.ts';

export const infura = {
  id: 'infura',
  label: 'Infura',
  family: 'api-key',
  docs: 'https://docs.metamask.io/developer-tools/dashboard/how-to/secure-an-api/',
  revoke: 'https://developer.metamask.io/',
  formats: [
    shaped({ id: 'infura.address', shape: ['infura.io/v3/', run(HEX, 32)], variable: 'ETH_RPC_URL' }),
    keyworded({ id: 'infura.api-key', keywords: ['infura'], shape: [run(HEX, 32)], variable: 'INFURA_API_KEY' }),
  ],
  noProbe: 'every question is a call that counts against the quota of the owner',
} as const satisfies Service;
