import {
  ANSWERS_NOT_COMPARED,
  active,
  basicAuth,
  field,
  inactive,
  names,
  postForm,
  reveal,
  verdictTable,
} from '../service-kit.ts';
import type { Format, Service } from '../service.ts';
import { BASE64URL, placedTogether } from '../token-shape.ts';

const DOCS = 'https://developer.paypal.com/api/rest';
/** Live and sandbox know each other's credentials as little as a stranger's. */
const HOSTS = ['api-m.paypal.com', 'api-m.sandbox.paypal.com'] as const;
const NAMED = (key: string) => `paypal[\\w.-]{0,24}${key}[\\w.-]{0,12}["'\\]]{0,2}[ \\t]{0,4}(?:=>|[:=,])[ \\t]{0,4}["']?`;

const client: Format = {
  id: 'paypal.client',
  literals: ['paypal'],
  ignoreCase: true,
  pattern: new RegExp(`${NAMED('secret')}(?<secret>E[\\w-]{79})(?![\\w-])`, 'i'),
  maxLength: 150,
  accepts: (parts) => parts['secret']?.reveal().startsWith('E') === true,
  companions: [{ name: 'id', near: { pattern: /(?<![\w-])(?<id>A[\w-]{79})(?![\w-])/, bytes: 600 } }],
  redact: () => 'paypal secret …',
  samples(random) {
    const id = () => `A${random.text(79, BASE64URL.letters)}`;
    const secret = () => `E${random.text(79, BASE64URL.letters)}`;
    const pair = (parts: { readonly id: string; readonly secret: string }, place: number) => ({
      text: placedTogether({ PAYPAL_CLIENT_ID: parts.id, PAYPAL_CLIENT_SECRET: parts.secret }, place),
      parts,
    });
    return {
      hits: [0, 1, 2, 3].map((place) => pair({ id: id(), secret: secret() }, place)),
      misses: [
        pair({ id: id(), secret: secret().slice(0, -1) }, 0).text,
        pair({ id: id(), secret: `${secret()}a` }, 1).text,
        pair({ id: id(), secret: `F${secret().slice(1)}` }, 2).text,
      ],
    };
  },
};

export const paypal = {
  id: 'paypal',
  label: 'PayPal',
  family: 'credentials',
  docs: `${DOCS}/authentication/`,
  revoke: 'https://developer.paypal.com/dashboard/applications/',
  formats: [client],
  probe: {
    hosts: HOSTS,
    effect: 'mints-token',
    effectReason: 'The only question that a client answers is the one for an access token; it is dropped unread.',
    requests: (parts) =>
      HOSTS.map((host) =>
        postForm(
          `https://${host}/v1/oauth2/token`,
          { grant_type: 'client_credentials' },
          { authorization: basicAuth(reveal(parts, 'id'), reveal(parts, 'secret')) },
        ),
      ),
    read: verdictTable([
      active('access-token', 200, [names('access_token'), names('app_id')], `${DOCS}/authentication/`),
      inactive('invalid-client', 401, [field('error', 'invalid_client')], `${DOCS}/authentication/`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
