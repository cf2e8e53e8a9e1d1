import { parseJwt, signHmacJwt } from '../jwt-form.ts';
import {
  ANSWERS_NOT_COMPARED,
  active,
  at,
  get,
  holds,
  inactive,
  lists,
  names,
  reveal,
  saysAt,
  verdictTable,
} from '../service-kit.ts';
import type { Env, Format, Random, Reading, Service } from '../service.ts';
import type { Parts } from '../secret.ts';
import { BASE64URL, GUARD_BEFORE, HEX, LOWER, placed, run, shaped } from '../token-shape.ts';

const DOCS = 'https://supabase.com/docs';

/** The keys of a project are JWT that name it: `iss`, `ref` and `role`. */
const projectKey: Format = {
  id: 'supabase.project-key',
  literals: ['eyJ'],
  pattern: new RegExp(`${GUARD_BEFORE}(?<token>eyJ[\\w-]{20,200}\\.eyJ[\\w-]{60,600}\\.[\\w-]{43})(?![\\w-])(?!\\.[\\w-])`),
  maxLength: 860,
  accepts: (parts) => projectOf(reveal(parts)) !== null,
  redact: () => 'eyJ…',
  samples(random) {
    const make = (claims: Readonly<Record<string, unknown>> = {}) => makeProjectKey(random, 'service_role', claims);
    return {
      hits: [0, 1, 2, 3].map((place) => {
        const token = make();
        return { text: placed('SUPABASE_KEY', token, place), parts: { token } };
      }),
      misses: [
        placed('SUPABASE_KEY', make({ iss: 'https://login.example.org/' }), 0),
        placed('SUPABASE_KEY', make({ ref: 'UPPER' }), 1),
        placed('SUPABASE_KEY', make().slice(0, -1), 2),
      ],
    };
  },
};

export const supabase = {
  id: 'supabase',
  label: 'Supabase',
  family: 'token',
  docs: `${DOCS}/guides/api/api-keys`,
  revoke: 'https://supabase.com/dashboard/account/tokens',
  formats: [
    projectKey,
    shaped({
      id: 'supabase.access-token',
      shape: [['sbp_', 'sbp_oauth_', 'sbp_v0_'], run(HEX, 40)],
      variable: 'SUPABASE_ACCESS_TOKEN',
    }),
    shaped({
      id: 'supabase.secret-key',
      family: 'api-key',
      shape: ['sb_secret_', run(BASE64URL, 31)],
      variable: 'SUPABASE_SECRET_KEY',
    }),
    shaped({
      id: 'supabase.publishable-key',
      family: 'api-key',
      shape: ['sb_publishable_', run(BASE64URL, 31)],
      variable: 'SUPABASE_KEY',
    }),
  ],
  judge(parts: Parts, env: Env): Reading | null {
    const token = reveal(parts);
    if (token.startsWith('sb_publishable_')) return { verdict: 'public-by-design', reason: 'publishable-key' };
    const jwt = parseJwt(token);
    if (jwt === null) return null;
    if (jwt.expires !== null && jwt.expires * 1000 <= env.now.getTime()) return { verdict: 'inactive', reason: 'expired' };
    return jwt.claims['role'] === 'anon' ? { verdict: 'public-by-design', reason: 'anonymous-role' } : null;
  },
  probe: {
    hosts: ['api.supabase.com', '*.supabase.co'],
    effect: 'reads',
    requests(parts) {
      const token = reveal(parts);
      const project = projectOf(token);
      if (project !== null)
        return [get(`https://${project}.supabase.co/rest/v1/`, { apikey: token, authorization: `Bearer ${token}` })];
      // A secret key does not say which project it belongs to.
      if (!token.startsWith('sbp_')) return null;
      return [get('https://api.supabase.com/v1/projects', { authorization: `Bearer ${token}` })];
    },
    read: verdictTable([
      active('projects', 200, [lists()], `${DOCS}/reference/api/v1-list-all-projects`),
      active('rest-root', 200, [names('swagger'), holds('paths')], `${DOCS}/guides/api`),
      inactive('invalid-key', 401, [saysAt('message', /^(?:Invalid API key|Unauthorized|JWT )/)], `${DOCS}/guides/api/api-keys`),
    ]),
  },
  unconfirmed: [
    ANSWERS_NOT_COMPARED,
    'projects that are gone have no host name any more, and paused ones answer 540: both are read as unknown',
  ],
} as const satisfies Service;

/** The project that a key names, or null where the token is no such key. */
function projectOf(token: string): string | null {
  const claims = parseJwt(token)?.claims;
  const project = at(claims, 'ref');
  if (claims?.['iss'] !== 'supabase' || typeof project !== 'string') return null;
  return /^[a-z]{20}$/.test(project) ? project : null;
}

export function makeProjectKey(random: Random, role: string, claims: Readonly<Record<string, unknown>> = {}): string {
  const ref = random.text(20, LOWER.letters);
  return signHmacJwt(
    { iss: 'supabase', ref, role, iat: 1_700_000_000, exp: 4_102_444_800, ...claims },
    random.text(40, HEX.letters),
  );
}
