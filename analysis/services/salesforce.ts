import type { Service } from '../service.ts';
import { ALNUM, alphabet, run, shaped } from '../token-shape.ts';

const BODY = alphabet('A-Za-z0-9._');

export const salesforce = {
  id: 'salesforce',
  label: 'Salesforce',
  family: 'token',
  docs: 'https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_tokens_scopes.htm',
  revoke: 'https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_revoke_token.htm',
  formats: [
    shaped({
      id: 'salesforce.access-token',
      shape: ['00D', run(ALNUM, 12, 15), '!AQ', run(BODY, 60, 110)],
      variable: 'SALESFORCE_TOKEN',
    }),
  ],
  noProbe: 'a token is good at one organization alone, whose address does not stand in it, and for hours',
  unconfirmed: ['the length of a token'],
} as const satisfies Service;
