/** Invented services, for tests of the detector: each shows one thing that formats can do. */
import type { Format, Random, Service } from '../service.ts';

const ALNUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const HEX = '0123456789abcdef';

/** A prefix and 24 letters and digits, the last of which is a check digit: the sum of the others modulo 10. */
export const prefixed: Format = {
  id: 'acme.key',
  literals: ['acme_'],
  pattern: /(?<![A-Za-z0-9_])(?<token>acme_[A-Za-z0-9]{24})(?![A-Za-z0-9_])/,
  maxLength: 29,
  accepts: ({ token }) => token !== undefined && checkDigit(token.reveal().slice(0, -1)) === token.reveal().at(-1),
  redact: () => 'acme_…',
  samples: (random) => ({
    hits: [0, 1, 2].map((place) => {
      const token = acmeKey(random);
      return { text: [`key: ${token}\n`, `k="${token}";`, `{"k":"${token}"}`][place] ?? token, parts: { token } };
    }),
    misses: [`key: ${acmeKey(random)}0\n`, `key: x${acmeKey(random)}\n`, `key: ${acmeKey(random).slice(0, -1)}x\n`],
  }),
};

export function acmeKey(random: Random): string {
  const token = `acme_${random.text(23, ALNUM)}`;
  return token + checkDigit(token);
}

function checkDigit(text: string): string {
  let sum = 0;
  for (const character of text) sum += character.charCodeAt(0);
  return String(sum % 10);
}

/** An id that needs a secret near it or, under its name, anywhere. */
export const paired: Format = {
  id: 'pair.key',
  literals: ['PKID'],
  pattern: /(?<![A-Z0-9])(?<id>PKID[A-Z2-7]{12})(?![A-Z0-9])/,
  maxLength: 16,
  companions: [
    {
      name: 'secret',
      near: { pattern: /(?<![A-Za-z0-9+/])(?<secret>[A-Za-z0-9+/]{32})(?![A-Za-z0-9+/])/, bytes: 200 },
      anywhere: {
        literals: ['pair_secret'],
        ignoreCase: true,
        pattern: /pair_secret[ =:"']{1,8}(?<secret>[A-Za-z0-9+/]{32})(?![A-Za-z0-9+/])/i,
        maxLength: 60,
      },
    },
    { name: 'region', near: { pattern: /region=(?<region>[a-z]{2}-[0-9])/, bytes: 100 }, optional: true },
  ],
  redact: () => 'PKID…',
  samples: (random) => ({
    hits: [0, 1].map((place) => {
      const id = `PKID${random.text(12, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`;
      const secret = random.text(32, ALNUM);
      return { text: place === 0 ? `id=${id}\nsecret=${secret}\n` : `secret=${secret}, id=${id};`, parts: { id, secret } };
    }),
    misses: ['id=PKID0000\n'],
  }),
};

/** No prefix: only the name of the variable tells what it is. */
export const keyed: Format = {
  id: 'widget.token',
  family: 'api-key',
  literals: ['widget'],
  ignoreCase: true,
  pattern: /widget[\w-]{0,16}["' ]{0,3}[:=]["' ]{0,3}(?<token>[0-9a-f]{32})(?![0-9a-f])/i,
  maxLength: 62,
  redact: () => 'widget …',
  samples: (random) => ({
    hits: ['WIDGET_TOKEN=', "widgetToken: '", '"widget-token": "'].map((name) => {
      const token = random.text(32, HEX);
      return { text: `${name}${token}${name.at(-1) === '=' ? '\n' : name.at(-1)}`, parts: { token } };
    }),
    misses: [`WIDGET_TOKEN=${random.text(31, HEX)}\n`, `GADGET_TOKEN=${random.text(32, HEX)}\n`],
  }),
};

/** The fixed text stands in the middle, and the token may begin up to 20 characters before it. */
export const middling: Format = {
  id: 'acme.middle',
  literals: ['T3Fj'],
  reach: 20,
  pattern: /(?<![A-Za-z0-9_-])(?<token>[A-Za-z0-9]{8,20}T3Fj[A-Za-z0-9]{10,20})(?![A-Za-z0-9_-])/,
  maxLength: 44,
  redact: () => '…T3Fj…',
  samples: (random) => ({
    hits: [8, 20].map((length) => {
      const token = `${random.text(length, ALNUM)}T3Fj${random.text(15, ALNUM)}`;
      return { text: `value ${token}\n`, parts: { token } };
    }),
    misses: [`value ${random.text(7, ALNUM)}T3Fj${random.text(12, ALNUM)}\n`],
  }),
};

export function inventedService(id: string, ...formats: readonly Format[]): Service {
  return {
    id,
    label: id,
    family: 'token',
    docs: `https://${id}.example/docs`,
    revoke: `https://${id}.example/revoke`,
    formats,
    noProbe: 'invented',
  };
}

export const INVENTED: readonly Service[] = [
  inventedService('acme', prefixed, middling),
  inventedService('pair', paired),
  inventedService('widget', keyed),
];
