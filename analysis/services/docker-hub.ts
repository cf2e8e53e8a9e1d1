import { ANSWERS_NOT_COMPARED, active, inactive, names, postJson, reveal, saysAt, verdictTable } from '../service-kit.ts';
import type { Format, Service } from '../service.ts';
import { BASE64URL, GUARD_BEFORE, LOWER, placedTogether } from '../token-shape.ts';

const DOCS = 'https://docs.docker.com';
const USER = /docker[\w.-]{0,16}user(?:name)?["'\]]{0,2}[ \t]{0,4}(?:=>|[:=,])[ \t]{0,4}["']?(?<user>[a-z0-9]{4,30})(?![\w-])/i;

function accessToken(kind: string, prefix: string, length: number): Format {
  return {
    id: `docker-hub.${kind}`,
    literals: [prefix],
    pattern: new RegExp(`${GUARD_BEFORE}(?<token>${prefix}[\\w-]{${length}})(?![\\w-])`),
    maxLength: prefix.length + length,
    companions: [{ name: 'user', near: { pattern: USER, bytes: 600 } }],
    redact: () => `${prefix}…`,
    samples(random) {
      const make = () => `${prefix}${random.text(length, BASE64URL.letters)}`;
      const pair = (token: string, place: number) => {
        const parts = { token, user: random.text(8, LOWER.letters) };
        return { text: placedTogether({ DOCKER_USERNAME: parts.user, DOCKER_PASSWORD: token }, place), parts };
      };
      return {
        hits: [0, 1, 2, 3].map((place) => pair(make(), place)),
        misses: [pair(make().slice(0, -1), 0).text, pair(`${make()}a`, 1).text, pair(make().replace('dckr', 'dokr'), 2).text],
      };
    },
  };
}

export const dockerHub = {
  id: 'docker-hub',
  label: 'Docker Hub',
  family: 'token',
  docs: `${DOCS}/security/access-tokens/`,
  revoke: 'https://app.docker.com/settings/personal-access-tokens',
  formats: [accessToken('personal-access-token', 'dckr_pat_', 27), accessToken('organization-access-token', 'dckr_oat_', 32)],
  probe: {
    hosts: ['hub.docker.com'],
    effect: 'mints-token',
    effectReason:
      'The only question is the one for a session; it is dropped unread, and the owner sees when the token was last used.',
    requests: (parts) => [
      postJson('https://hub.docker.com/v2/auth/token', { identifier: reveal(parts, 'user'), secret: reveal(parts) }),
    ],
    read: verdictTable([
      active('access-token', 200, [names('access_token')], `${DOCS}/reference/api/hub/latest/#tag/authentication-api`),
      inactive(
        'incorrect-credentials',
        401,
        [saysAt('detail', /incorrect authentication credentials/i)],
        'what `docker login` reports',
      ),
      inactive(
        'incorrect-credentials',
        401,
        [saysAt('message', /incorrect (?:authentication|username)|unauthorized/i)],
        'what `docker login` reports',
      ),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
