import type { Service } from '../service.ts';
import { ALNUM, run, shaped } from '../token-shape.ts';

export const infracost = {
  id: 'infracost',
  label: 'Infracost',
  family: 'api-key',
  docs: 'https://www.infracost.io/docs/',
  revoke: 'https://dashboard.infracost.io/',
  formats: [shaped({ id: 'infracost.api-key', shape: ['ico-', run(ALNUM, 32)], variable: 'INFRACOST_API_KEY' })],
  noProbe: 'every question is a price query that counts',
} as const satisfies Service;
