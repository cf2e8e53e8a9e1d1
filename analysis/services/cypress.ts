import type { Service } from '../service.ts';
import { keyworded, UUID } from '../token-shape.ts';

export const cypress = {
  id: 'cypress',
  label: 'Cypress Cloud',
  family: 'credentials',
  docs: 'https://docs.cypress.io/cloud/account-management/projects#Record-key',
  revoke: 'https://cloud.cypress.io/',
  formats: [
    keyworded({
      id: 'cypress.record-key',
      keywords: ['cypress_record_key', 'cypressrecordkey'],
      shape: UUID,
      variable: 'CYPRESS_RECORD_KEY',
    }),
  ],
  noProbe: 'a record key is good for recording a run alone',
} as const satisfies Service;
