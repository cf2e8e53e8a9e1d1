import { active, at, field, get, holds, inactive, restricted, reveal, verdictTable } from '../service-kit.ts';
import type { Format, Random, Service } from '../service.ts';
import { BASE64, HEX, run, shaped } from '../token-shape.ts';

const DOCS = 'https://docs.sentry.io';
/** Sentry's own server: what it says and in which order. */
const SOURCE = 'https://github.com/getsentry/sentry/blob/master/src/sentry/api';

/** An organization's token holds, in base64, the address of the server that made it. */
const organizationToken: Format = shaped({
  id: 'sentry.organization-token',
  shape: ['sntrys_eyJ', run(BASE64, 60, 400), ['=_', '==_', '_'], run(BASE64, 43)],
  variable: 'SENTRY_AUTH_TOKEN',
  accepts: (token) => claimsOf(token) !== null,
  make: makeOrganizationToken,
});

export const sentry = {
  id: 'sentry',
  label: 'Sentry',
  family: 'token',
  docs: `${DOCS}/account/auth-tokens/`,
  revoke: 'https://sentry.io/settings/auth-tokens/',
  formats: [
    organizationToken,
    shaped({ id: 'sentry.user-token', shape: ['sntryu_', run(HEX, 64)], variable: 'SENTRY_AUTH_TOKEN' }),
    // Of applications of a user and of integrations: https://github.com/getsentry/sentry/blob/master/src/sentry/types/token.py
    shaped({
      id: 'sentry.application-token',
      shape: [['sntrya_', 'sntryi_'], run(HEX, 64)],
      variable: 'SENTRY_AUTH_TOKEN',
    }),
  ],
  // Anyone can host Sentry.
  selfHosted: true,
  // Said of tokens that it found.
  refusesOwn: ['expired', 'owner-gone'],
  probe: {
    hosts: ['sentry.io'],
    effect: 'reads',
    requests(parts) {
      const token = reveal(parts);
      const claims = claimsOf(token);
      // The address in the token is not followed: one that is not Sentry's own is not asked at all.
      if (claims !== null && at(claims, 'url') !== 'https://sentry.io') return null;
      return [get('https://sentry.io/api/0/', { authorization: `Bearer ${token}` })];
    },
    read: verdictTable([
      active('auth', 200, [field('version', '0'), holds('auth')], `${SOURCE}/endpoints/index.py`),
      inactive('invalid-token', 401, [field('detail', 'Invalid token', 'Invalid org token')], `${SOURCE}/authentication.py`),
      inactive('expired', 401, [field('detail', 'Token expired')], `${SOURCE}/authentication.py`),
      inactive(
        'owner-gone',
        401,
        [field('detail', 'User inactive or deleted', 'UserApplication inactive or deleted')],
        `${SOURCE}/authentication.py`,
      ),
      // Said only after the token was found, is not expired and its owner is there.
      restricted(
        'one-organization',
        401,
        [field('detail', 'This token access is limited to organization endpoints.')],
        `${SOURCE}/authentication.py`,
      ),
    ]),
  },
} as const satisfies Service;

function claimsOf(token: string): unknown {
  if (!token.startsWith('sntrys_')) return null;
  try {
    return JSON.parse(Buffer.from(token.slice(7, token.lastIndexOf('_')), 'base64').toString('utf8'));
  } catch {
    return null;
  }
}

function makeOrganizationToken(random: Random): string {
  const claims = {
    iat: 1_700_000_000 + random.int(100_000_000),
    url: 'https://sentry.io',
    region_url: 'https://us.sentry.io',
    org: 'demo',
  };
  return `sntrys_${Buffer.from(JSON.stringify(claims)).toString('base64')}_${random.text(43, BASE64.letters)}`;
}
