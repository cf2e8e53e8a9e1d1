import { active, authorized, field, inactive, names, restricted, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { alphabet, run, shaped } from '../token-shape.ts';

const DOCS = 'https://docs.x.com';
const ERRORS = `${DOCS}/x-api/fundamentals/response-codes-and-errors`;

export const x = {
  id: 'x',
  label: 'X',
  family: 'token',
  docs: `${DOCS}/fundamentals/authentication/oauth-2-0/application-only`,
  revoke: 'https://developer.x.com/en/portal/dashboard',
  formats: [
    shaped({
      id: 'x.bearer-token',
      shape: ['AAAAAAAAAAAAAAAAAAAAA', run(alphabet('A-Za-z0-9%'), 80, 120)],
      variable: 'TWITTER_BEARER_TOKEN',
      // A run of nothing but A is padding, not a token.
      accepts: (token) => /[a-z]/.test(token) && /[0-9]/.test(token),
    }),
  ],
  probe: {
    hosts: ['api.x.com'],
    effect: 'reads',
    requests: authorized('https://api.x.com/2/usage/tweets'),
    read: verdictTable([
      active('usage', 200, [names('data.project_id')], `${DOCS}/x-api/usage/get-usage`),
      restricted('client-forbidden', 403, [field('reason', 'client-not-enrolled', 'official-client-forbidden')], ERRORS),
      inactive('unauthorized', 401, [field('title', 'Unauthorized'), field('type', 'about:blank')], ERRORS),
    ]),
  },
  unconfirmed: ['the length of a token', 'the words of a refusal'],
} as const satisfies Service;
