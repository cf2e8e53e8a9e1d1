import {
  ANSWERS_NOT_COMPARED,
  active,
  authorized,
  field,
  inactive,
  restricted,
  reveal,
  saysAt,
  verdictTable,
} from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, BASE64URL, HEX, keyworded, run, shaped } from '../token-shape.ts';

const DOCS = 'https://developers.cloudflare.com';
const VERIFY = `${DOCS}/api/resources/user/subresources/tokens/methods/verify/`;

const FORMATS = `${DOCS}/fundamentals/api/get-started/token-formats/`;
/** Forty characters and a checksum, of which only its being there is documented. */
const BODY = [run(ALNUM, 40), run(HEX, 8)];

const VERIFIES = authorized('https://api.cloudflare.com/client/v4/user/tokens/verify');

const READ = verdictTable([
  active('active', 200, [field('success', true), field('result.status', 'active')], VERIFY),
  inactive('disabled-or-expired', 200, [field('success', true), field('result.status', 'disabled', 'expired')], VERIFY),
  restricted(
    'address-not-allowed',
    403,
    [
      field('success', false),
      field('errors.0.code', 9109),
      saysAt('errors.0.message', /^Cannot use the access token from location/),
    ],
    `${DOCS}/fundamentals/api/troubleshooting/`,
  ),
  inactive('invalid-token', [400, 401], [field('success', false), field('errors.0.code', 1000, 6003, 6111)], VERIFY),
]);

export const cloudflare = {
  id: 'cloudflare',
  label: 'Cloudflare',
  family: 'token',
  docs: FORMATS,
  revoke: 'https://dash.cloudflare.com/profile/api-tokens',
  formats: [
    shaped({ id: 'cloudflare.user-token', shape: ['cfut_', ...BODY], variable: 'CLOUDFLARE_API_TOKEN' }),
    shaped({ id: 'cloudflare.account-token', shape: ['cfat_', ...BODY], variable: 'CLOUDFLARE_API_TOKEN' }),
    shaped({ id: 'cloudflare.global-key', shape: ['cfk_', ...BODY], variable: 'CLOUDFLARE_API_KEY' }),
    keyworded({
      id: 'cloudflare.api-token',
      keywords: ['cloudflare_api_token', 'cloudflare_token', 'cf_api_token', 'cloudflareapitoken', 'cloudflare_api_key'],
      shape: [run(BASE64URL, 40)],
      variable: 'CLOUDFLARE_API_TOKEN',
      accepts: (token) => /[a-z]/.test(token) && /[A-Z]/.test(token) && /[0-9]/.test(token),
    }),
  ],
  probe: {
    hosts: ['api.cloudflare.com'],
    effect: 'reads',
    // An account's token is asked about by the account's id, the key of a user by their mail address: neither stands in it.
    requests: (parts, context) => (/^cf(?:at|k)_/.test(reveal(parts)) ? null : VERIFIES(parts, context)),
    read(response, parts) {
      const reading = READ(response);
      // Tokens of an account, which may have the form without a prefix, are good and yet unknown to this address.
      const isPersonal = reveal(parts).startsWith('cfut_') || reading.reason !== 'invalid-token';
      return isPersonal ? reading : { verdict: 'unknown', reason: 'account-token-possible' };
    },
  },
  unconfirmed: [
    ANSWERS_NOT_COMPARED,
    'how to tell a token of an account from one of a person where neither has a prefix: a refusal of these is read as unknown',
    'that the checksum is eight hexadecimal digits, as other scanners have it; how it is computed is not published',
  ],
} as const satisfies Service;
