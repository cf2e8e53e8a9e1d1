import { active, at, get, inactive, names, restricted, reveal, saysAt, verdictTable } from '../service-kit.ts';
import type { Marker } from '../service-kit.ts';
import type { Format, Random, Service } from '../service.ts';
import { ALNUM, BASE64URL, DIGITS, draw, HEX, placedTogether, run, samplesOf, shaped } from '../token-shape.ts';

const GRAPH = 'https://graph.facebook.com';
const ERRORS = 'https://developers.facebook.com/docs/graph-api/guides/error-handling';

/** `app id|client token or secret`: nothing tells it from others but the name of what it is given to. */
const appToken: Format = {
  id: 'facebook.app-token',
  literals: ['access_token', 'accesstoken', 'facebook', 'fb_app'],
  ignoreCase: true,
  pattern:
    /(?:access_?token|facebook|fb_app)[\w.-]{0,24}["'\]]{0,2}[ \t]{0,4}(?:=>|[:=,])[ \t]{0,4}["']?(?<token>[0-9]{14,17}(?:\||%7C)[\w-]{27,32})(?![\w-])/i,
  maxLength: 110,
  redact: () => '…|…',
  samples(random) {
    const make = () => `${1 + random.int(9)}${random.text(14, DIGITS.letters)}|${random.text(27, BASE64URL.letters)}`;
    const plain = samplesOf('FACEBOOK_APP_TOKEN', random, make, [
      (token) => token.slice(0, -1),
      (token) => `${token}aaaaaa`,
      (token) => token.replace('|', '/'),
      (token) => token.slice(3),
    ]);
    const token = make();
    const url = `https://graph.facebook.com/debug_token?access_token=${token}&input_token=x\n`;
    return { hits: [...plain.hits, { text: url, parts: { token } }], misses: plain.misses };
  },
};

const appSecret: Format = {
  id: 'facebook.app-secret',
  family: 'credentials',
  literals: ['facebook', 'fb_'],
  ignoreCase: true,
  pattern:
    /(?:facebook|fb_)[\w.-]{0,24}secret[\w.-]{0,12}["'\]]{0,2}[ \t]{0,4}(?:=>|[:=,])[ \t]{0,4}["']?(?<secret>[0-9a-f]{32})(?![\w-])/i,
  maxLength: 120,
  accepts: (parts) => /^[0-9a-f]{32}$/.test(reveal(parts, 'secret')),
  companions: [
    {
      name: 'id',
      near: {
        pattern:
          /(?:app|client|facebook|fb)_?(?:id|key)["'\]]{0,2}[ \t]{0,4}(?:=>|[:=,])[ \t]{0,4}["']?(?<id>[0-9]{14,17})(?![\w-])/i,
        bytes: 400,
      },
    },
  ],
  redact: () => 'facebook secret …',
  samples(random) {
    const pair = (id: string, secret: string, place: number) => ({
      text: placedTogether({ FACEBOOK_APP_ID: id, FACEBOOK_APP_SECRET: secret }, place),
      parts: { id, secret },
    });
    const id = () => `${1 + random.int(9)}${random.text(14, DIGITS.letters)}`;
    const secret = () => draw([run(HEX, 32)], random);
    return {
      hits: [0, 1, 2, 3].map((place) => pair(id(), secret(), place)),
      misses: [
        pair(id(), secret().slice(0, -1), 0).text,
        pair(id(), `${secret()}0`, 1).text,
        pair(id(), `A${secret().slice(1)}`, 2).text,
      ],
    };
  },
};

/** The error's code is one of these, or in one of these ranges (both ends included). */
function code(...codes: readonly (number | readonly [number, number])[]): Marker {
  return ({ json }) => {
    const found = at(json, 'error.code');
    return codes.some((one) =>
      typeof one === 'number' ? found === one : typeof found === 'number' && found >= one[0] && found <= one[1],
    );
  };
}

/** With the code 190: the person has to sign in or to confirm the account, then the token works again. */
const LOCKED_SUBCODES = [459, 464] as const;

export const facebook = {
  id: 'facebook',
  label: 'Facebook',
  family: 'token',
  docs: 'https://developers.facebook.com/docs/facebook-login/guides/access-tokens',
  revoke: 'https://developers.facebook.com/docs/facebook-login/guides/permissions/request-revoke',
  formats: [
    shaped({
      id: 'facebook.access-token',
      shape: ['EAA', run(ALNUM, 90, 400)],
      variable: 'FB_ACCESS_TOKEN',
      // Base64 of long binary data may begin like this; of so many characters drawn at random some are of each kind.
      accepts: (token) => /[a-z]/.test(token) && /[0-9]/.test(token) && /Z[A-D]/.test(token),
      make: makeAccessToken,
    }),
    appToken,
    appSecret,
  ],
  probe: {
    hosts: ['graph.facebook.com'],
    effect: 'reads',
    requests(parts) {
      const id = parts['id']?.reveal();
      const token = id === undefined ? reveal(parts).replace('%7C', '|') : `${id}|${reveal(parts, 'secret')}`;
      // People and pages ask for themselves, apps for their own app.
      const path = token.includes('|') ? 'app' : 'me';
      return [get(`${GRAPH}/${path}?${new URLSearchParams({ fields: 'id', access_token: token }).toString()}`)];
    },
    read: verdictTable([
      active('id', 200, [names('id')], 'https://developers.facebook.com/docs/graph-api/overview#me'),
      restricted(
        'account-locked',
        [400, 401, 403],
        [code(190), ({ json }) => LOCKED_SUBCODES.some((one) => at(json, 'error.error_subcode') === one)],
        `${ERRORS}#subcodes`,
      ),
      inactive(
        'invalid-token',
        [400, 401, 403],
        [code(190, 102)],
        `${ERRORS}#errorcodes (190: expired, revoked or otherwise invalid)`,
      ),
      inactive('unknown-app', [400, 401, 403], [code(101)], `${ERRORS}#errorcodes (101: missing or wrong app)`),
      restricted(
        'permission',
        [400, 401, 403],
        [code(3, 10, [200, 299])],
        `${ERRORS}#errorcodes (permission is missing or was taken away)`,
      ),
      restricted(
        'proof-required',
        [400, 401, 403],
        [saysAt('error.message', /appsecret_proof/)],
        'https://developers.facebook.com/docs/graph-api/guides/secure-requests',
      ),
    ]),
  },
  unconfirmed: [
    'the answer to an app token whose app exists and whose secret is wrong: read as inactive where the code is 190 or 101',
    'that every user token holds a Z followed by A, B, C or D (so do all published examples)',
  ],
} as const satisfies Service;

/** Access tokens are base64 in which `Z` escapes what base64 has besides letters and digits. */
function makeAccessToken(random: Random): string {
  const drawn = random.text(96 + random.int(150), ALNUM.letters);
  return `EAA${drawn.slice(0, 20)}ZBx4${drawn.slice(20)}ZD`;
}
