import { createPublicKey } from 'node:crypto';
import { ANSWERS_NOT_COMPARED, at, get, reveal } from '../service-kit.ts';
import type { Companion, Format, ProbeResponse, Random, Reading, Service } from '../service.ts';
import type { Parts } from '../secret.ts';
import { BASE64, HEX, LOWER } from '../token-shape.ts';

const DOCS = 'https://cloud.google.com/iam/docs';
/** Between a name and its value, in JSON and in JSON inside of a string. */
const IS = String.raw`\\?["']?\s{0,4}[:=]\s{0,4}\\?["']`;

const key: Companion = {
  name: 'key',
  near: {
    pattern: new RegExp(
      `private_key${IS}(?<key>-----BEGIN (?:RSA )?PRIVATE KEY-----(?:\\\\{1,2}n|\\r?\\n)[A-Za-z0-9+/=\\\\nr\\s]{800,4000}-----END (?:RSA )?PRIVATE KEY-----)`,
    ),
    bytes: 5000,
  },
  accepts: (parts) => modulusOf(reveal(parts, 'key')) !== null,
};
const email: Companion = {
  name: 'email',
  near: {
    pattern: new RegExp(`client_email${IS}(?<email>[a-z0-9-]{1,60}@[a-z0-9.-]{1,80}\\.gserviceaccount\\.com)`),
    bytes: 5000,
  },
};

const keyFile: Format = {
  id: 'google-service-account.key-file',
  literals: ['private_key_id'],
  pattern: new RegExp(`private_key_id${IS}(?<id>[0-9a-f]{40})(?![0-9a-f])`),
  maxLength: 80,
  companions: [key, email],
  redact: () => 'private_key_id …',
  samples(random) {
    const file = (parts: KeyFile) => ({
      type: 'service_account',
      project_id: 'demo-1234',
      private_key_id: parts.id,
      private_key: `${parts.key.replaceAll('\\n', '\n')}\n`,
      client_email: parts.email,
      token_uri: 'https://oauth2.googleapis.com/token',
    });
    const [pretty, tight, script] = [makeKeyFile(random), makeKeyFile(random), makeKeyFile(random)];
    const text = (change: Partial<KeyFile>) => JSON.stringify(file({ ...makeKeyFile(random), ...change }), null, 2);
    return {
      hits: [
        { text: JSON.stringify(file(pretty), null, 2), parts: { ...pretty } },
        { text: JSON.stringify(file(tight)), parts: { ...tight } },
        { text: `module.exports = ${JSON.stringify(file(script))};\n`, parts: { ...script } },
      ],
      misses: [
        text({ id: random.text(39, HEX.letters) }),
        text({ id: random.text(41, HEX.letters) }),
        text({ id: `g${random.text(39, HEX.letters)}` }),
      ],
    };
  },
};

/**
 * Judged without the key leaving: Google publishes the public half of every key of every account, under the key's id.
 * The `token_uri` of the file comes from whoever wrote the package and is not looked at.
 */
export const googleServiceAccount = {
  id: 'google-service-account',
  label: 'Google service account',
  family: 'credentials',
  docs: `${DOCS}/service-account-creds#key-types`,
  revoke: `${DOCS}/keys-create-delete#deleting`,
  formats: [keyFile],
  probe: {
    hosts: ['www.googleapis.com'],
    effect: 'reads',
    noControl: 'the key is not sent: there is nothing that could be accepted',
    requests: (parts) => [
      get(`https://www.googleapis.com/service_accounts/v1/jwk/${encodeURIComponent(reveal(parts, 'email'))}`),
    ],
    read,
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'a key of an account that is disabled may still be published'],
} as const satisfies Service;

function read({ status, json }: ProbeResponse, parts: Parts): Reading {
  if (status === 404 && at(json, 'error.code') === 404) return { verdict: 'inactive', reason: 'no-such-account' };
  const keys = at(json, 'keys');
  if (status !== 200 || !Array.isArray(keys)) return { verdict: 'unknown', reason: 'unexpected-answer' };
  const published = keys.find((one) => at(one, 'kid') === reveal(parts, 'id'));
  if (published === undefined) return { verdict: 'inactive', reason: 'key-withdrawn' };
  const isSame = at(published, 'n') === modulusOf(reveal(parts, 'key'));
  return isSame ? { verdict: 'active', reason: 'key-published' } : { verdict: 'inactive', reason: 'other-key' };
}

/** The modulus of a private key in base64url, as in a JSON Web Key; null where the text is no RSA key. */
export function modulusOf(pem: string): string | null {
  try {
    const { n } = createPublicKey(pem.replaceAll(/\\{1,2}n/g, '\n')).export({ format: 'jwk' });
    return n ?? null;
  } catch {
    return null;
  }
}

interface KeyFile {
  readonly id: string;
  /** As it stands in JSON: line ends are `\n`. */
  readonly key: string;
  readonly email: string;
}

function makeKeyFile(random: Random): KeyFile {
  const der = makeRsaKey(random)
    .toString('base64')
    .replaceAll(/(.{64})/g, '$1\\n');
  return {
    id: random.text(40, HEX.letters),
    key: `-----BEGIN PRIVATE KEY-----\\n${der}\\n-----END PRIVATE KEY-----`,
    email: `${random.text(8, LOWER.letters)}@demo-1234.iam.gserviceaccount.com`,
  };
}

/** PKCS #8 of an RSA key of drawn numbers: of the right form, and of no use. */
function makeRsaKey(random: Random): Buffer {
  const number = (bytes: number) => {
    const drawn = Buffer.from(random.text(Math.ceil((bytes * 4) / 3), BASE64.letters), 'base64').subarray(0, bytes);
    drawn[0] = 0x80 | (drawn[0] ?? 0);
    drawn[bytes - 1] = 1 | (drawn[bytes - 1] ?? 0);
    return der(0x02, Buffer.concat([Buffer.from([0]), drawn]));
  };
  const small = (...value: readonly number[]) => der(0x02, Buffer.from(value));
  const rsa = der(
    0x30,
    Buffer.concat([
      small(0),
      number(256),
      small(1, 0, 1),
      number(256),
      number(128),
      number(128),
      number(128),
      number(128),
      number(128),
    ]),
  );
  const algorithm = Buffer.from('300d06092a864886f70d0101010500', 'hex');
  return der(0x30, Buffer.concat([small(0), algorithm, der(0x04, rsa)]));
}

/** One element of DER: tag, length, content. */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  return Buffer.concat([Buffer.from([tag, 0x82, length >> 8, length & 0xff]), content]);
}
