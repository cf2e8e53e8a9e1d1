import {
  ANSWERS_NOT_COMPARED,
  active,
  at,
  field,
  get,
  inactive,
  lists,
  publicByDesign,
  reveal,
  verdictTable,
  type Marker,
} from '../service-kit.ts';
import type { Format, Service } from '../service.ts';
import { HEX, placedTogether, UPPER_DIGITS } from '../token-shape.ts';

const DOCS = 'https://www.algolia.com/doc';
/** Rights that a key for web pages has; every other one changes or tells more than a visitor should know. */
const PUBLIC_RIGHTS: ReadonlySet<unknown> = new Set(['search', 'recommendation']);

const onlySearches: Marker = ({ json }) => {
  const rights = at(json, 'acl');
  return Array.isArray(rights) && rights.every((right) => PUBLIC_RIGHTS.has(right));
};

const apiKey: Format = {
  id: 'algolia.api-key',
  literals: ['algolia'],
  ignoreCase: true,
  pattern: /algolia[\w.-]{0,32}key[\w.-]{0,12}["'\]]{0,2}[ \t]{0,4}(?:=>|[:=,])[ \t]{0,4}["']?(?<key>[0-9a-f]{32})(?![\w-])/i,
  maxLength: 110,
  accepts: (parts) => /^[0-9a-f]{32}$/.test(reveal(parts, 'key')),
  companions: [
    {
      name: 'app',
      near: {
        pattern: /app(?:lication)?[_-]?id["'\]]{0,2}[ \t]{0,4}(?:=>|[:=,])[ \t]{0,4}["']?(?<app>[A-Z0-9]{10})(?![\w-])/i,
        bytes: 500,
      },
    },
  ],
  redact: () => 'algolia key …',
  samples(random) {
    const pair = (key: string, place: number) => {
      const parts = { key, app: random.text(10, UPPER_DIGITS.letters) };
      return { text: placedTogether({ ALGOLIA_APP_ID: parts.app, ALGOLIA_API_KEY: key }, place), parts };
    };
    const key = () => random.text(32, HEX.letters);
    return {
      hits: [0, 1, 2, 3].map((place) => pair(key(), place)),
      misses: [pair(key().slice(1), 0).text, pair(`${key()}0`, 1).text, pair(`G${key().slice(1)}`, 2).text],
    };
  },
};

export const algolia = {
  id: 'algolia',
  label: 'Algolia',
  family: 'api-key',
  docs: `${DOCS}/guides/security/api-keys/`,
  revoke: 'https://dashboard.algolia.com/account/api-keys/all',
  formats: [apiKey],
  probe: {
    hosts: ['*.algolia.net'],
    effect: 'reads',
    // A key may always look itself up.
    requests(parts) {
      const [app, key] = [reveal(parts, 'app'), reveal(parts, 'key')];
      const headers = { 'x-algolia-application-id': app, 'x-algolia-api-key': key };
      return [get(`https://${app.toLowerCase()}-dsn.algolia.net/1/keys/${key}`, headers)];
    },
    read: verdictTable([
      publicByDesign('search-only', 200, [lists('acl'), onlySearches], `${DOCS}/rest-api/search/get-api-key`),
      active('rights', 200, [lists('acl')], `${DOCS}/rest-api/search/get-api-key`),
      inactive('invalid-key', 403, [field('message', 'Invalid Application-ID or API key')], `${DOCS}/rest-api/search/`),
      inactive('no-such-key', 404, [field('message', 'Key does not exist')], `${DOCS}/rest-api/search/get-api-key`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'applications that are gone have no host name any more: that is read as unknown'],
} as const satisfies Service;
