import { ANSWERS_NOT_COMPARED, active, at, field, get, inactive, publicByDesign, reveal, verdictTable } from '../service-kit.ts';
import type { Format, Random, Service } from '../service.ts';
import { BASE64URL, LOWER, run, shaped } from '../token-shape.ts';

const DOCS = 'https://docs.mapbox.com';

/** `pk`, `sk` or `tk`, a JSON object with the user's name in base64url, a signature. */
function token(id: string, prefix: string): Format {
  return shaped({
    id: `mapbox.${id}`,
    shape: [`${prefix}.eyJ`, run(BASE64URL, 50, 120), '.', run(BASE64URL, 22)],
    variable: 'MAPBOX_TOKEN',
    accepts: (text) => typeof at(claimsOf(text), 'u') === 'string',
    make: (random) => make(random, prefix),
    misses: (random) => [make(random, prefix).replace('.eyJ1', '.eyJ2')],
  });
}

export const mapbox = {
  id: 'mapbox',
  label: 'Mapbox',
  family: 'token',
  docs: `${DOCS}/help/dive-deeper/access-tokens/`,
  revoke: 'https://console.mapbox.com/account/access-tokens/',
  formats: [token('secret-token', 'sk'), token('public-token', 'pk'), token('temporary-token', 'tk')],
  probe: {
    hosts: ['api.mapbox.com'],
    effect: 'reads',
    requests: (parts) => [get(`https://api.mapbox.com/tokens/v2?access_token=${reveal(parts)}`)],
    read: verdictTable([
      publicByDesign(
        'public-token',
        200,
        [field('code', 'TokenValid'), field('token.usage', 'pk')],
        `${DOCS}/api/accounts/tokens/#retrieve-a-token`,
      ),
      active(
        'token-valid',
        200,
        [field('code', 'TokenValid'), field('token.usage', 'sk', 'tk')],
        `${DOCS}/api/accounts/tokens/#retrieve-a-token`,
      ),
      inactive(
        'token-invalid',
        200,
        [field('code', 'TokenMalformed', 'TokenInvalid', 'TokenExpired', 'TokenRevoked')],
        `${DOCS}/api/accounts/tokens/#token-codes`,
      ),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;

function claimsOf(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}

function make(random: Random, prefix: string): string {
  const claims = { u: random.text(8, LOWER.letters), a: `ck${random.text(23, 'abcdefghijklmnopqrstuvwxyz0123456789')}` };
  return `${prefix}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${random.text(22, BASE64URL.letters)}`;
}
