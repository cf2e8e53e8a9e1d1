import type { Service } from '../service.ts';
import { BASE64URL, run, shaped } from '../token-shape.ts';

export const voyage = {
  id: 'voyage',
  label: 'Voyage AI',
  family: 'api-key',
  docs: 'https://docs.voyageai.com/docs/api-key-and-installation',
  revoke: 'https://dashboard.voyageai.com/organization/api-keys',
  formats: [shaped({ id: 'voyage.api-key', shape: ['pa-', run(BASE64URL, 43)], variable: 'VOYAGE_API_KEY' })],
  noProbe: 'every question is an answer that the owner pays for, or shows files of the owner',
} as const satisfies Service;
