import { crc32Base62 } from '../checksum.ts';
import {
  active,
  authorized,
  field,
  get,
  inactive,
  lists,
  names,
  restricted,
  reveal,
  saysAt,
  verdictTable,
} from '../service-kit.ts';
import type { Env, Format, Random, Reading, Service } from '../service.ts';
import type { Parts } from '../secret.ts';
import { ALNUM, BASE64URL, DIGITS, HEX, keyworded, run, shaped } from '../token-shape.ts';

const API = 'https://api.github.com';

/** Classic tokens: 30 characters drawn at random, then the CRC-32 of those 30 in base 62. */
function classic(kind: string, prefix: string): Format {
  return shaped({
    id: `github.${kind}`,
    shape: [prefix, run(ALNUM, 36)],
    variable: 'GITHUB_TOKEN',
    accepts: (token) => token.slice(-6) === crc32Base62(token.slice(prefix.length, -6)),
    make: (random) => checksummed(prefix, random),
    misses: (random) => [`${checksummed(prefix, random).slice(0, -1)}!`, wrongChecksum(checksummed(prefix, random))],
  });
}

function checksummed(prefix: string, random: Random): string {
  const drawn = random.text(30, ALNUM.letters);
  return `${prefix}${drawn}${crc32Base62(drawn)}`;
}

function wrongChecksum(token: string): string {
  return `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`;
}

/** Installation tokens since 2026: the app's id and a JWT, whose `exp` is at most an hour ahead. */
const INSTALLATION_JWT = [
  'ghs_',
  run(DIGITS, 1, 10),
  '_eyJ',
  run(BASE64URL, 10, 400),
  '.eyJ',
  run(BASE64URL, 20, 1000),
  '.',
  run(BASE64URL, 40, 700),
];

export const github = {
  id: 'github',
  label: 'GitHub',
  family: 'token',
  docs: 'https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats',
  revoke: 'https://github.com/settings/tokens',
  formats: [
    classic('personal-access-token', 'ghp_'),
    classic('oauth-token', 'gho_'),
    classic('user-to-server-token', 'ghu_'),
    classic('installation-token', 'ghs_'),
    shaped({ id: 'github.installation-jwt', shape: INSTALLATION_JWT, variable: 'GITHUB_TOKEN' }),
    shaped({ id: 'github.refresh-token', shape: ['ghr_', run(ALNUM, 36, 76)], variable: 'GITHUB_REFRESH_TOKEN' }),
    shaped({
      id: 'github.fine-grained-token',
      shape: ['github_pat_', run(ALNUM, 22), '_', run(ALNUM, 59)],
      variable: 'GITHUB_TOKEN',
    }),
    keyworded({
      id: 'github.legacy-token',
      keywords: ['github_token', 'githubtoken', 'github_access_token', 'github_api_token', 'github_oauth_token'],
      shape: [run(HEX, 40)],
      variable: 'GITHUB_TOKEN',
    }),
  ],
  judge(parts: Parts, env: Env): Reading | null {
    const expires = expiryOfInstallationJwt(reveal(parts));
    return expires !== null && expires <= env.now.getTime() ? { verdict: 'inactive', reason: 'expired' } : null;
  },
  probe: {
    hosts: ['api.github.com'],
    effect: 'reads',
    requests(parts, env) {
      const token = reveal(parts);
      // Whoever redeems a refresh token takes it from its owner.
      if (token.startsWith('ghr_')) return null;
      // Installations have no user: the narrowest thing that every one of them may read is its own list of repositories.
      if (token.startsWith('ghs_')) {
        return [get(`${API}/installation/repositories?per_page=1`, { authorization: `Bearer ${token}`, ...VERSION })];
      }
      return authorized(`${API}/user`, 'Bearer', VERSION)(parts, env);
    },
    // Who asks with tokens that are dead is a stranger, and has sixty questions an hour.
    asksForPatience: saysAt(
      'message',
      /^(?:API rate limit exceeded|You have exceeded a secondary rate limit|Maximum number of login attempts)/i,
    ),
    read: verdictTable([
      active(
        'user',
        200,
        [names('login'), names('id')],
        'https://docs.github.com/en/rest/users/users#get-the-authenticated-user',
      ),
      active(
        'installation',
        200,
        [names('total_count'), lists('repositories')],
        'https://docs.github.com/en/rest/apps/installations#list-repositories-accessible-to-the-app-installation',
      ),
      inactive(
        'bad-credentials',
        401,
        [field('message', 'Bad credentials')],
        'https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api (401 for a wrong or expired token)',
      ),
      restricted(
        'single-sign-on',
        403,
        [saysAt('message', /SAML|single sign-on/i)],
        'https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api (X-GitHub-SSO)',
      ),
      restricted(
        'address-not-allowed',
        403,
        [saysAt('message', /IP allow list/i)],
        'wording of the IP allow list of organizations',
      ),
      restricted(
        'account-suspended',
        403,
        [saysAt('message', /account was suspended|has been suspended/i)],
        'wording for suspended accounts and installations',
      ),
      restricted(
        'not-accessible',
        403,
        [saysAt('message', /^Resource not accessible by /)],
        'https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api ("Resource not accessible")',
      ),
    ]),
  },
  unconfirmed: [
    'the wording of the answers for suspended accounts and for IP allow lists',
    'the checksum of refresh tokens and of fine-grained tokens: neither is checked',
  ],
} as const satisfies Service;

const VERSION = { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' };

/** Milliseconds since 1970 at which an installation JWT ends, or null where the token is none or does not say. */
function expiryOfInstallationJwt(token: string): number | null {
  const claims = /^ghs_\d{1,10}_[\w-]+\.([\w-]+)\./.exec(token)?.[1];
  if (claims === undefined) return null;
  try {
    const { exp } = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as { readonly exp?: unknown };
    return typeof exp === 'number' ? exp * 1000 : null;
  } catch {
    return null;
  }
}
