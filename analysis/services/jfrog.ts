import type { Service } from '../service.ts';
import { ALNUM, run, shaped } from '../token-shape.ts';

export const jfrog = {
  id: 'jfrog',
  label: 'JFrog',
  family: 'token',
  docs: 'https://jfrog.com/help/r/jfrog-platform-administration-documentation/access-tokens',
  revoke: 'https://jfrog.com/help/r/jfrog-platform-administration-documentation/revoke-tokens',
  formats: [
    shaped({ id: 'jfrog.api-key', shape: ['AKCp', run(ALNUM, 69)], variable: 'ARTIFACTORY_API_KEY' }),
    // "reftkn:" in base64.
    shaped({ id: 'jfrog.reference-token', shape: ['cmVmdGtuOj', run(ALNUM, 54)], variable: 'JFROG_TOKEN' }),
  ],
  noProbe: 'every platform is a server of its own, and what a package says about its address cannot be trusted',
  unconfirmed: ['the lengths of both'],
} as const satisfies Service;
