import { active, field, inactive, lists, postJson, reveal, verdictTable } from '../service-kit.ts';
import type { Format, Service } from '../service.ts';
import { HEX, placedTogether } from '../token-shape.ts';

const DOCS = 'https://plaid.com/docs';
const IS = String.raw`["'\]]{0,2}[ \t]{0,4}(?:=>|[:=,])[ \t]{0,4}["'\x60]?`;

const keyPair: Format = {
  id: 'plaid.key-pair',
  literals: ['plaid'],
  ignoreCase: true,
  pattern: new RegExp(`plaid[\\w.-]{0,24}id${IS}(?<id>[0-9a-f]{24})(?![\\w-])`, 'i'),
  maxLength: 90,
  companions: [
    {
      name: 'secret',
      near: {
        pattern: new RegExp(`plaid[\\w.-]{0,24}secret[\\w.-]{0,12}${IS}(?<secret>[0-9a-f]{30})(?![\\w-])`, 'i'),
        bytes: 400,
      },
    },
  ],
  redact: () => 'plaid …',
  samples(random) {
    const pair = (id: string, secret: string, place: number) => {
      return { text: placedTogether({ PLAID_CLIENT_ID: id, PLAID_SECRET: secret }, place), parts: { id, secret } };
    };
    const id = () => random.text(24, HEX.letters);
    const secret = () => random.text(30, HEX.letters);
    return {
      hits: [0, 1, 2, 3].map((place) => pair(id(), secret(), place)),
      misses: [
        pair(id().slice(1), secret(), 0).text,
        pair(`${id()}0`, secret(), 1).text,
        pair(`g${id().slice(1)}`, secret(), 2).text,
      ],
    };
  },
};

const HOSTS = ['production.plaid.com', 'sandbox.plaid.com'] as const;

export const plaid = {
  id: 'plaid',
  label: 'Plaid',
  family: 'credentials',
  docs: `${DOCS}/api/`,
  revoke: 'https://dashboard.plaid.com/developers/keys',
  formats: [keyPair],
  probe: {
    hosts: HOSTS,
    effect: 'reads',
    effectReason: 'The list of banks is read by POST, as everything at Plaid.',
    requests: (parts) =>
      HOSTS.map((host) =>
        postJson(`https://${host}/institutions/get`, {
          client_id: reveal(parts, 'id'),
          secret: reveal(parts, 'secret'),
          count: 1,
          offset: 0,
          country_codes: ['US'],
        }),
      ),
    read: verdictTable([
      active('institutions', 200, [lists('institutions')], `${DOCS}/api/institutions/#institutionsget`),
      inactive(
        'invalid-api-keys',
        400,
        [field('error_type', 'INVALID_INPUT'), field('error_code', 'INVALID_API_KEYS')],
        `${DOCS}/errors/invalid-input/#invalid_api_keys`,
      ),
    ]),
  },
} as const satisfies Service;
