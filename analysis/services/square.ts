import { active, field, get, inactive, lists, restricted, reveal, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { BASE64URL, run, shaped } from '../token-shape.ts';

const DOCS = 'https://developer.squareup.com';
const ERRORS = `${DOCS}/reference/square/enums/ErrorCode`;
/** The sandbox knows tokens of the same form. */
const HOSTS = ['connect.squareup.com', 'connect.squareupsandbox.com'] as const;

export const square = {
  id: 'square',
  label: 'Square',
  family: 'token',
  docs: `${DOCS}/docs/build-basics/access-tokens`,
  revoke: `${DOCS}/docs/oauth-api/revoke-renew-obtain`,
  formats: [
    shaped({ id: 'square.access-token', shape: ['EAAA', run(BASE64URL, 60)], variable: 'SQUARE_ACCESS_TOKEN' }),
    shaped({ id: 'square.personal-access-token', shape: ['sq0atp-', run(BASE64URL, 22)], variable: 'SQUARE_ACCESS_TOKEN' }),
    shaped({
      id: 'square.application-secret',
      family: 'credentials',
      shape: ['sq0csp-', run(BASE64URL, 43)],
      variable: 'SQUARE_APPLICATION_SECRET',
    }),
  ],
  probe: {
    hosts: HOSTS,
    effect: 'reads',
    requests(parts) {
      const token = reveal(parts);
      // A secret is good for the OAuth addresses alone, one of which revokes tokens.
      if (token.startsWith('sq0csp-')) return null;
      return HOSTS.map((host) => get(`https://${host}/v2/merchants`, { authorization: `Bearer ${token}` }));
    },
    read: verdictTable([
      active('merchants', 200, [lists('merchant')], `${DOCS}/reference/square/merchants-api/list-merchants`),
      restricted('insufficient-scopes', 403, [field('errors.0.code', 'INSUFFICIENT_SCOPES', 'FORBIDDEN')], ERRORS),
      // The category is no sign: it also covers good tokens of applications that are switched off.
      restricted(
        'application-disabled',
        [401, 403],
        [field('errors.0.code', 'CLIENT_DISABLED', 'APPLICATION_DISABLED', 'V1_ACCESS_TOKEN', 'V1_APPLICATION')],
        ERRORS,
      ),
      inactive('expired', 401, [field('errors.0.code', 'ACCESS_TOKEN_EXPIRED')], ERRORS),
      inactive('revoked', 401, [field('errors.0.code', 'ACCESS_TOKEN_REVOKED')], ERRORS),
      inactive('unauthorized', 401, [field('errors.0.code', 'UNAUTHORIZED')], ERRORS),
    ]),
  },
  unconfirmed: ['that the general code UNAUTHORIZED is given to tokens alone that do not exist'],
} as const satisfies Service;
