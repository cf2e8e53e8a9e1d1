import type { Service } from '../service.ts';
import { ALNUM, run, shaped } from '../token-shape.ts';

export const linkedin = {
  id: 'linkedin',
  label: 'LinkedIn',
  family: 'credentials',
  docs: 'https://learn.microsoft.com/linkedin/shared/authentication/client-credentials-flow',
  revoke: 'https://www.linkedin.com/developers/apps',
  formats: [
    shaped({
      id: 'linkedin.client-secret',
      shape: ['WPL_AP1.', run(ALNUM, 16), '.', run(ALNUM, 6), '=='],
      variable: 'LINKEDIN_CLIENT_SECRET',
    }),
  ],
  noProbe: 'a secret is only ever exchanged for a new access token, beside the id of its application',
  unconfirmed: ['the form, which other scanners have'],
} as const satisfies Service;
