import { reveal } from '../service-kit.ts';
import type { Env, Format, Random, Reading, Service } from '../service.ts';
import type { Parts } from '../secret.ts';
import { BASE64, placed } from '../token-shape.ts';

/** What stands in form-encoded text, percent signs included; `&` and `=` separate. */
const FORM = '[\\w.~*%+:/-]';

const simpleWebToken: Format = {
  id: 'swt.simple-web-token',
  literals: ['HMACSHA256='],
  reach: 2000,
  pattern: new RegExp(
    `(?<![\\w.~*%+:/&-])(?<token>(?:${FORM}{1,120}=${FORM}{0,500}&){2,12}HMACSHA256=[A-Za-z0-9%+/]{40,60}={0,1})(?![\\w%+/=])`,
  ),
  maxLength: 2100,
  accepts(parts) {
    const fields = new URLSearchParams(reveal(parts));
    return expiryOf(fields) !== null && signatureBytes(fields.get('HMACSHA256')) === 32;
  },
  redact: () => '…&HMACSHA256=…',
  samples(random) {
    const make = (change: Partial<SwtClaims> = {}) =>
      makeSimpleWebToken(random, { issuer: 'https://sts.example.org/', expires: 2_000_000_000, ...change });
    const hits = [0, 1, 2, 3].map((place) => {
      const token = make({ expires: 4_000_000_000 + random.int(200_000_000) });
      return {
        text: place === 1 ? `Authorization: WRAP access_token="${token}"\n` : placed('ACS_TOKEN', token, place),
        parts: { token },
      };
    });
    return {
      hits,
      misses: [
        placed('ACS_TOKEN', make().replace('ExpiresOn', 'Expires'), 0),
        placed('ACS_TOKEN', make().replace(/HMACSHA256=.{12}/, 'HMACSHA256='), 1),
        placed('ACS_TOKEN', make().replace('HMACSHA256', 'HMACSHA512'), 2),
        placed('ACS_TOKEN', make().replace(/ExpiresOn=\d+/, 'ExpiresOn=soon'), 3),
      ],
    };
  },
};

const sharedAccessSignature: Format = {
  id: 'swt.shared-access-signature',
  literals: [
    'SharedAccessSignature sr=',
    'SharedAccessSignature sig=',
    'SharedAccessSignature se=',
    'SharedAccessSignature skn=',
  ],
  pattern: new RegExp(
    `(?<!\\w)(?<token>SharedAccessSignature (?:s(?:r|ig|e|kn)=${FORM}{1,400}(?:&(?=s)|(?![\\w.~*%+:/=&-]))){3,4})`,
  ),
  maxLength: 1000,
  accepts(parts) {
    const fields = new URLSearchParams(reveal(parts).slice('SharedAccessSignature '.length));
    return fields.has('sr') && expiryOf(fields) !== null && signatureBytes(fields.get('sig')) === 32;
  },
  redact: () => 'SharedAccessSignature sr=…',
  samples(random) {
    const make = () => makeSharedAccessSignature(random, 4_000_000_000 + random.int(200_000_000));
    return {
      hits: [0, 1, 2, 3].map((place) => {
        const token = make();
        return { text: placed('SERVICEBUS_SAS', token, place), parts: { token } };
      }),
      misses: [
        placed('SERVICEBUS_SAS', make().replace('&se=', '&st='), 0),
        placed('SERVICEBUS_SAS', make().replace(/sig=.{12}/, 'sig='), 1),
        placed('SERVICEBUS_SAS', make().replace('sr=', 'rs='), 2),
      ],
    };
  },
};

/**
 * Simple Web Tokens and the shared access signatures that Azure made of them: form-encoded claims with their expiry in
 * clear and an HMAC at the end. The key of the HMAC is private, so a date is all that can be judged.
 * Source: the draft of 2009, kept at https://learn.microsoft.com/previous-versions/azure/azure-services/hh781551(v=azure.100)
 */
export const swt = {
  id: 'swt',
  label: 'SWT',
  family: 'token',
  docs: 'https://learn.microsoft.com/previous-versions/azure/azure-services/hh781551(v=azure.100)',
  revoke: 'https://learn.microsoft.com/azure/service-bus-messaging/service-bus-sas',
  formats: [simpleWebToken, sharedAccessSignature],
  judge(parts: Parts, env: Env): Reading | null {
    const fields = new URLSearchParams(reveal(parts).replace(/^SharedAccessSignature /, ''));
    const expires = expiryOf(fields);
    if (expires !== null && expires * 1000 <= env.now.getTime()) return { verdict: 'inactive', reason: 'expired' };
    // Azure's Access Control Service, which gave out most of these, was closed in November 2018.
    if (/^https?:\/\/[\w-]+\.accesscontrol\.windows\.net(?:\/|$)/.test(fields.get('Issuer') ?? '')) {
      return { verdict: 'inactive', reason: 'issuer-closed' };
    }
    return fields.has('HMACSHA256') ? { verdict: 'unknown', reason: 'private-key' } : null;
  },
  noProbe: 'the key is private to issuer and receiver; reading from a queue or an event hub takes messages away',
  unconfirmed: ['the day on which the Access Control Service was closed'],
} as const satisfies Service;

export interface SwtClaims {
  readonly issuer: string;
  /** Seconds since 1970. */
  readonly expires: number;
}

export function makeSimpleWebToken(random: Random, { issuer, expires }: SwtClaims): string {
  const claims = new URLSearchParams({ Audience: 'https://api.example.org/', ExpiresOn: String(expires), Issuer: issuer });
  return `${claims.toString()}&HMACSHA256=${encodeURIComponent(randomSignature(random))}`;
}

export function makeSharedAccessSignature(random: Random, expires: number): string {
  const resource = encodeURIComponent(`https://${random.text(8, 'abcdefghijklmnop')}.servicebus.windows.net/queue`);
  return `SharedAccessSignature sr=${resource}&sig=${encodeURIComponent(randomSignature(random))}&se=${expires}&skn=RootManageSharedAccessKey`;
}

/** Base64 of 32 bytes. */
function randomSignature(random: Random): string {
  return `${random.text(42, BASE64.letters)}${random.text(1, 'AEIMQUYcgkosw048')}=`;
}

function expiryOf(fields: URLSearchParams): number | null {
  const text = fields.get('ExpiresOn') ?? fields.get('se') ?? '';
  return /^\d{9,11}$/.test(text) ? Number(text) : null;
}

function signatureBytes(text: string | null): number {
  return Buffer.from((text ?? '').replaceAll(' ', '+'), 'base64').length;
}
