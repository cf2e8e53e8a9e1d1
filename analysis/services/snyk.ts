import { ANSWERS_NOT_COMPARED, active, at, get, inactive, lists, names, reveal, verdictTable } from '../service-kit.ts';
import type { Random, Service } from '../service.ts';
import { BASE64URL, keyworded, LOWER_DIGITS, run, shaped, UUID } from '../token-shape.ts';

const DOCS = 'https://docs.snyk.io';
const HOSTS = ['api.snyk.io', 'api.eu.snyk.io', 'api.us.snyk.io', 'api.au.snyk.io'] as const;

export const snyk = {
  id: 'snyk',
  label: 'Snyk',
  family: 'token',
  docs: `${DOCS}/snyk-api/authentication-for-api`,
  revoke: 'https://app.snyk.io/account',
  formats: [
    // Of a person or a service account, with the host that knows it.
    // Source: https://github.com/snyk/go-application-framework/blob/main/pkg/auth/tokenauth.go
    shaped({
      id: 'snyk.personal-access-token',
      shape: [['snyk_uat.', 'snyk_sat.'], run(LOWER_DIGITS, 8), '.', run(BASE64URL, 20, 400), '.', run(BASE64URL, 20, 200)],
      variable: 'SNYK_TOKEN',
      accepts: (token) => homeOf(token) !== null,
      make: makeAccessToken,
    }),
    keyworded({
      id: 'snyk.token',
      keywords: ['snyk'],
      // Ids of organizations, groups, projects and integrations are UUIDs, too.
      notFor: ['org', 'group', 'project', 'integration'],
      shape: UUID,
      variable: 'SNYK_TOKEN',
    }),
  ],
  probe: {
    hosts: HOSTS,
    effect: 'reads',
    requests(parts) {
      const token = reveal(parts);
      const home = homeOf(token);
      // A host that is not on the list, such as that for governments, is not asked, and nobody else is.
      const hosts = home === null ? HOSTS : HOSTS.filter((host) => host === home);
      if (hosts.length === 0) return null;
      return hosts.map((host) => get(`https://${host}/rest/self?version=2024-10-15`, { authorization: `token ${token}` }));
    },
    read: verdictTable([
      active('self', 200, [names('data.id')], 'https://apidocs.snyk.io/#get-/self'),
      inactive('unauthorized', 401, [lists('errors')], 'https://apidocs.snyk.io/'),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;

/** The host that a token names in its third part; null where there is none. */
function homeOf(token: string): string | null {
  const payload = token.startsWith('snyk_') ? token.split('.')[2] : undefined;
  if (payload === undefined) return null;
  try {
    const host = at(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')), 'h');
    return typeof host === 'string' ? host.replace(/^https:\/\//, '') : null;
  } catch {
    return null;
  }
}

function makeAccessToken(random: Random): string {
  const payload = Buffer.from(JSON.stringify({ h: HOSTS[random.int(HOSTS.length)], j: random.text(12, LOWER_DIGITS.letters) }));
  const kind = random.int(2) === 0 ? 'snyk_uat' : 'snyk_sat';
  return `${kind}.${random.text(8, LOWER_DIGITS.letters)}.${payload.toString('base64url')}.${random.text(86, BASE64URL.letters)}`;
}
