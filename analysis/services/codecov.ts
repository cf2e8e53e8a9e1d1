import type { Service } from '../service.ts';
import { keyworded, UUID } from '../token-shape.ts';

const DOCS = 'https://docs.codecov.com';

export const codecov = {
  id: 'codecov',
  label: 'Codecov',
  family: 'token',
  docs: `${DOCS}/docs/codecov-tokens`,
  revoke: 'https://app.codecov.io/account/',
  formats: [keyworded({ id: 'codecov.upload-token', keywords: ['codecov'], shape: UUID, variable: 'CODECOV_TOKEN' })],
  noProbe: 'an upload token is good for uploads alone',
} as const satisfies Service;
