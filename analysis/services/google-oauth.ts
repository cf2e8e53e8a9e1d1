import { ANSWERS_NOT_COMPARED, active, field, get, inactive, names, postForm, reveal, verdictTable } from '../service-kit.ts';
import type { Format, Service } from '../service.ts';
import { BASE64URL, DIGITS, guarded, LOWER_DIGITS, placedTogether, run, shaped } from '../token-shape.ts';

const DOCS = 'https://developers.google.com/identity/protocols/oauth2';
const ENDING = '.apps.googleusercontent.com';

const clientSecret: Format = {
  id: 'google-oauth.client-secret',
  literals: ['GOCSPX-'],
  pattern: guarded(/(?<secret>GOCSPX-[\w-]{28})/, '-'),
  maxLength: 35,
  companions: [
    {
      name: 'id',
      near: { pattern: /(?<![\w-])(?<id>[0-9]{9,14}-[0-9a-z]{32}\.apps\.googleusercontent\.com)(?![\w-])/, bytes: 1000 },
      anywhere: {
        literals: [ENDING],
        reach: 47,
        pattern: /(?<![\w-])(?<id>[0-9]{9,14}-[0-9a-z]{32}\.apps\.googleusercontent\.com)(?![\w-])/,
        maxLength: 74,
      },
    },
  ],
  redact: () => 'GOCSPX-…',
  samples(random) {
    const id = () => `1${random.text(11, DIGITS.letters)}-${random.text(32, LOWER_DIGITS.letters)}${ENDING}`;
    const secret = () => `GOCSPX-${random.text(28, BASE64URL.letters)}`;
    const pair = (parts: { readonly id: string; readonly secret: string }, place: number) => ({
      text: placedTogether({ CLIENT_ID: parts.id, CLIENT_SECRET: parts.secret }, place),
      parts,
    });
    return {
      hits: [0, 1, 2, 3].map((place) => pair({ id: id(), secret: secret() }, place)),
      misses: [
        pair({ id: id(), secret: secret().slice(0, -1) }, 0).text,
        pair({ id: id(), secret: `${secret()}a` }, 1).text,
        pair({ id: id(), secret: secret().replace('GOCSPX', 'GOCSPY') }, 2).text,
      ],
    };
  },
};

export const googleOauth = {
  id: 'google-oauth',
  label: 'Google OAuth',
  family: 'credentials',
  docs: DOCS,
  revoke: 'https://console.cloud.google.com/apis/credentials',
  formats: [
    clientSecret,
    shaped({
      id: 'google-oauth.access-token',
      family: 'token',
      shape: ['ya29.', run(BASE64URL, 60, 400)],
      variable: 'GOOGLE_ACCESS_TOKEN',
    }),
  ],
  probe: {
    hosts: ['oauth2.googleapis.com'],
    effect: 'reads',
    effectReason:
      'A client is asked about with an authorization code that nobody gave out: Google checks the client first and then refuses the code, so nothing is granted.',
    requests(parts) {
      const id = parts['id']?.reveal();
      if (id === undefined) {
        return [
          get(`https://oauth2.googleapis.com/tokeninfo?${new URLSearchParams({ access_token: reveal(parts) }).toString()}`),
        ];
      }
      const fields = { grant_type: 'authorization_code', code: 'no-code', redirect_uri: 'http://localhost' };
      const client = { client_id: id, client_secret: reveal(parts, 'secret') };
      return [postForm('https://oauth2.googleapis.com/token', { ...fields, ...client })];
    },
    read: verdictTable([
      active('token-info', 200, [names('expires_in'), names('azp')], `${DOCS}/web-server`),
      active(
        'client-known',
        400,
        [field('error', 'invalid_grant', 'redirect_uri_mismatch')],
        `${DOCS}/web-server#exchange-errors`,
      ),
      inactive(
        'unknown-client',
        [400, 401],
        [field('error', 'invalid_client', 'deleted_client')],
        `${DOCS}/web-server#exchange-errors`,
      ),
      inactive('invalid-token', 400, [field('error', 'invalid_token')], `${DOCS}/web-server`),
    ]),
  },
  unconfirmed: [
    ANSWERS_NOT_COMPARED,
    'whether a wrong secret is noticed before a wrong code: the order is what scanners of the field rely on',
    'secrets of desktop programs are public by design, and nothing in them tells so',
  ],
} as const satisfies Service;
