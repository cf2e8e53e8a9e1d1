import type { Service } from '../service.ts';
import { ALNUM, keyworded, run } from '../token-shape.ts';

const DOCS = 'https://docs.coveralls.io';

export const coveralls = {
  id: 'coveralls',
  label: 'Coveralls',
  family: 'token',
  docs: DOCS,
  revoke: 'https://coveralls.io/account',
  formats: [
    keyworded({
      id: 'coveralls.repository-token',
      keywords: ['coveralls'],
      shape: [run(ALNUM, 33)],
      variable: 'COVERALLS_REPO_TOKEN',
      accepts: (token) => /[a-z]/.test(token) && /[A-Z]/.test(token) && /[0-9]/.test(token),
    }),
  ],
  noProbe: 'a repository token is good for uploads alone',
} as const satisfies Service;
