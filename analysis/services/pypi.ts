import { decodeMacaroon, encodeMacaroon } from '../macaroon.ts';
import { active, at, basicAuth, inactive, postForm, restricted, reveal, says, verdictTable } from '../service-kit.ts';
import type { Format, Random, Reading, Service } from '../service.ts';
import { BASE64URL, run, shaped } from '../token-shape.ts';

/** Where a token is good: the location stands in clear in the macaroon, so the prefix tells it. */
const SITES = {
  'pypi.org': { prefix: 'pypi-AgEIcHlwaS5vcmc', upload: 'https://upload.pypi.org/legacy/' },
  'test.pypi.org': { prefix: 'pypi-AgENdGVzdC5weXBpLm9yZw', upload: 'https://test.pypi.org/legacy/' },
} as const;
type Site = keyof typeof SITES;

function apiToken(id: string, site: Site): Format {
  return shaped({
    id,
    shape: [SITES[site].prefix, run(BASE64URL, 60, 1200)],
    variable: 'TWINE_PASSWORD',
    accepts: (token) => macaroonOf(token)?.location === site,
    make: (random) => makePypiToken(random, site, null),
    misses: (random) => [spoiled(makePypiToken(random, site, null), site)],
  });
}

export const pypi = {
  id: 'pypi',
  label: 'PyPI',
  family: 'token',
  docs: 'https://pypi.org/help/#apitoken',
  revoke: 'https://pypi.org/manage/account/#api-tokens',
  formats: [apiToken('pypi.api-token', 'pypi.org'), apiToken('pypi.test-api-token', 'test.pypi.org')],
  judge(parts, env): Reading | null {
    const expires = expiryOf(reveal(parts));
    return expires !== null && expires * 1000 <= env.now.getTime() ? { verdict: 'inactive', reason: 'expired' } : null;
  },
  probe: {
    hosts: ['upload.pypi.org', 'test.pypi.org'],
    effect: 'attempts-write',
    effectReason:
      'PyPI accepts API tokens on its upload address alone. The form names a protocol version that does not exist and holds no file, so it is refused before anything is stored; still it is an attempt to upload in the name of the owner.',
    readsAnything: true,
    requests(parts) {
      const token = reveal(parts);
      const site = SITES[macaroonOf(token)?.location === 'test.pypi.org' ? 'test.pypi.org' : 'pypi.org'];
      return [
        postForm(
          site.upload,
          { ':action': 'file_upload', protocol_version: '0' },
          { accept: '*/*', authorization: basicAuth('__token__', token) },
        ),
      ];
    },
    read: verdictTable([
      active(
        'form-refused',
        400,
        [says(/Unknown protocol version/)],
        'https://github.com/pypi/warehouse/blob/main/warehouse/forklift/legacy.py: the form is read after the user is known',
      ),
      restricted(
        'other-project',
        403,
        [says(/isn(?:'|&#39;|&#x27;)t allowed to upload to project/)],
        'https://pypi.org/help/#project-name',
      ),
      inactive(
        'invalid-authentication',
        403,
        [says(/Invalid or non-existent authentication information|Invalid API Token/)],
        'https://pypi.org/help/#invalid-auth',
      ),
    ]),
  },
  unconfirmed: ['whether the upload address looks at the protocol version before it verifies the signature of the macaroon'],
} as const satisfies Service;

/**
 * A token as PyPI makes them: a version 2 macaroon in unpadded base64url, with the user's caveat and, where `expires` is
 * given (seconds since 1970), one that ends it.
 * Source: https://github.com/pypi/warehouse/blob/main/warehouse/macaroons/caveats
 */
export function makePypiToken(random: Random, site: Site, expires: number | null): string {
  const caveats = [`[3, "${uuid(random)}"]`, ...(expires === null ? [] : [`[0, ${expires}, ${expires - 86_400}]`])];
  return `pypi-${encodeMacaroon({ location: site, identifier: uuid(random), caveats, signature: bytes(random, 32) })}`;
}

function macaroonOf(token: string): ReturnType<typeof decodeMacaroon> {
  return decodeMacaroon(token.slice('pypi-'.length));
}

/** Seconds since 1970 after which the first expiry caveat ends the token, or null where none does. */
function expiryOf(token: string): number | null {
  const ends = (macaroonOf(token)?.caveats ?? []).map(expiryOfCaveat).filter((end) => end !== null);
  return ends.length === 0 ? null : Math.min(...ends);
}

/** `[0, expires_at, not_before]`, or `{"exp": …, "nbf": …}` in tokens made before 2022. */
function expiryOfCaveat(caveat: string): number | null {
  try {
    const value: unknown = JSON.parse(caveat);
    const end = Array.isArray(value) ? (value[0] === 0 ? value[1] : null) : at(value, 'exp');
    return typeof end === 'number' ? end : null;
  } catch {
    return null;
  }
}

/** The same token with another field where the identifier should be: base64url still, a macaroon no more. */
function spoiled(token: string, site: Site): string {
  const { length } = SITES[site].prefix;
  return `${token.slice(0, length)}____${token.slice(length + 4)}`;
}

function uuid(random: Random): string {
  const hex = (length: number) => random.text(length, '0123456789abcdef');
  return `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`;
}

function bytes(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.int(256));
}
