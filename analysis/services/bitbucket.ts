import type { Service } from '../service.ts';
import { ALNUM, alphabet, BASE64URL, run, shaped } from '../token-shape.ts';

const UPPER_HEX = alphabet('0-9A-F');

export const bitbucket = {
  id: 'bitbucket',
  label: 'Bitbucket',
  family: 'token',
  docs: 'https://support.atlassian.com/bitbucket-cloud/docs/access-tokens/',
  revoke: 'https://support.atlassian.com/bitbucket-cloud/docs/revoke-a-repository-access-token/',
  formats: [
    shaped({
      id: 'bitbucket.access-token',
      shape: ['ATCTT3', run(BASE64URL, 150, 230), '=', run(UPPER_HEX, 8)],
      variable: 'BITBUCKET_TOKEN',
    }),
    shaped({
      id: 'bitbucket.app-password',
      shape: ['ATBB', run(ALNUM, 24), run(UPPER_HEX, 8)],
      variable: 'BITBUCKET_APP_PASSWORD',
    }),
  ],
  noProbe:
    'an access token knows one repository or workspace alone, an app password needs its user, and neither name stands in it',
  unconfirmed: ['the lengths of both'],
} as const satisfies Service;
