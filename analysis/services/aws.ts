import { AwsV4Signer } from 'aws4fetch';
import { at, reveal } from '../service-kit.ts';
import type { Companion, Env, Format, ProbeRequest, ProbeResponse, Random, Reading, Service } from '../service.ts';
import type { Parts } from '../secret.ts';
import { BASE32, BASE64, GUARD_BEFORE, placedTogether } from '../token-shape.ts';

/** One endpoint a partition: a key of one partition is unknown to the others. */
const PARTITIONS = [
  { host: 'sts.us-east-1.amazonaws.com', region: 'us-east-1' },
  { host: 'sts.cn-north-1.amazonaws.com.cn', region: 'cn-north-1' },
  { host: 'sts.us-gov-west-1.amazonaws.com', region: 'us-gov-west-1' },
  { host: 'sts.eusc-de-east-1.amazonaws.eu', region: 'eusc-de-east-1' },
] as const;

/**
 * Accounts whose keys are traps: whoever calls with one raises an alarm. The first ten belong to Thinkst
 * (canarytokens.org), the others to imitations.
 * Source: the account numbers are published in https://trufflesecurity.com/blog/canaries and in the lists of public
 * scanners.
 */
const CANARY_ACCOUNTS: ReadonlySet<string> = new Set(
  [
    '052310077262 171436882533 266735846894 534261010715 595918472158',
    '717712589309 730335385048 819147034852 893192397702 992382622183',
    '044858866125 251535659677 344043088457 351906852752 390477818340 426127672474 427150556519 439872796651',
    '445142720921 465867158099 637958123769 693412236332 732624840810 735421457923 959235150393 982842642351',
  ].flatMap((line) => line.split(' ')),
);

const secret: Companion = {
  name: 'secret',
  near: { pattern: /(?<![A-Za-z0-9+/])(?<secret>[A-Za-z0-9+/]{40})(?![A-Za-z0-9+/=])/, bytes: 1000 },
  anywhere: {
    literals: ['secret_access_key', 'secretaccesskey', 'aws_secret', 'awssecret'],
    ignoreCase: true,
    pattern:
      /(?:secret_?access_?key|aws_?secret(?:_?access)?(?:_?key)?)["'\]]{0,2}[ \t]{0,4}(?:=>|[:=,])[ \t]{0,4}["']?(?<secret>[A-Za-z0-9+/]{40})(?![A-Za-z0-9+/=])/i,
    maxLength: 90,
  },
  accepts: isSecret,
};

/** Session tokens are base64 of a binary form that begins with its own name. */
const session: Companion = {
  name: 'session',
  anywhere: {
    literals: ['IQoJb3JpZ2lu', 'FwoGZXIvYXdz', 'FQoGZXIvYXdz', 'FQoDYXdz'],
    pattern:
      /(?<![A-Za-z0-9+/])(?<session>(?:IQoJb3JpZ2lu|F[Qw]oGZXIvYXdz|FQoDYXdz)[A-Za-z0-9+/]{80,2000}={0,2})(?![A-Za-z0-9+/=])/,
    maxLength: 2020,
  },
};

function accessKey(id: string, prefix: 'AKIA' | 'ASIA', companions: readonly Companion[]): Format {
  return {
    id,
    literals: [prefix],
    pattern: new RegExp(`${GUARD_BEFORE}(?<id>${prefix}[A-Z2-7]{16})(?!\\w)`),
    maxLength: 20,
    companions,
    redact: () => `${prefix}…`,
    samples(random) {
      const make = () => `${prefix}${random.text(16, BASE32.letters)}`;
      const withSecret = (key: string, place: number) => samplePair(random, key, prefix === 'ASIA', place);
      return {
        hits: [0, 1, 2, 3].map((place) => withSecret(make(), place)),
        misses: [
          withSecret(make().slice(0, -1), 0).text,
          withSecret(`${make()}A`, 1).text,
          withSecret(`${make().slice(0, 12)}1${make().slice(13)}`, 2).text,
          withSecret(make().toLowerCase(), 3).text,
        ],
      };
    },
  };
}

export const aws = {
  id: 'aws',
  label: 'AWS',
  // A pair, and yet no "credentials": the policy that counts active tokens names AWS among its examples.
  family: 'token',
  docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html',
  revoke: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access-key-self-managed.html',
  formats: [accessKey('aws.access-key', 'AKIA', [secret]), accessKey('aws.temporary-access-key', 'ASIA', [secret, session])],
  judge(parts: Parts): Reading | null {
    const id = reveal(parts, 'id');
    const account = accountOf(id);
    if (account !== null && CANARY_ACCOUNTS.has(account)) return { verdict: 'canary', reason: 'canary-account' };
    if (id.endsWith('EXAMPLE') || parts['secret']?.reveal().endsWith('EXAMPLEKEY') === true) {
      return { verdict: 'published-example', reason: 'documentation' };
    }
    return null;
  },
  probe: {
    hosts: PARTITIONS.map(({ host }) => host),
    effect: 'reads',
    requests: (parts, env) => Promise.all(PARTITIONS.map(({ host, region }) => getCallerIdentity(host, region, parts, env))),
    asksForPatience: ({ json, body }) => at(json, 'Error.Code') === 'Throttling' || body.includes('<Code>Throttling</Code>'),
    read,
  },
  unconfirmed: ['the list of canary accounts is as complete as public lists are'],
} as const satisfies Service;

/**
 * The account that owns a key: 40 bits from the second on of what the key's characters say in base 32. Null for keys made
 * before 2019, which do not hold it, and for ids that are none.
 * Source: https://medium.com/@TalBeerySec/a-short-note-on-aws-key-id-f88cc4317489
 */
export function accountOf(id: string): string | null {
  if (!/^A[KS]IA[A-Z2-7]{16}$/.test(id) || /^.{4}[IJ]/.test(id)) return null;
  let bits = 0n;
  for (const letter of id.slice(4)) bits = (bits << 5n) | BigInt(BASE32.letters.indexOf(letter));
  // 80 bits: one that tells the generation, 40 of the account, the rest drawn at random.
  return ((bits >> 39n) & 0xff_ffff_ffffn).toString().padStart(12, '0');
}

async function getCallerIdentity(host: string, region: string, parts: Parts, env: Env): Promise<ProbeRequest> {
  const sessionToken = parts['session']?.reveal();
  const body = 'Action=GetCallerIdentity&Version=2011-06-15';
  const signer = new AwsV4Signer({
    method: 'POST',
    url: `https://${host}/`,
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body,
    accessKeyId: reveal(parts, 'id'),
    secretAccessKey: reveal(parts, 'secret'),
    ...(sessionToken === undefined ? {} : { sessionToken }),
    service: 'sts',
    region,
    datetime: env.now.toISOString().replaceAll(/[:-]|\.\d{3}/g, ''),
  });
  const signed = await signer.sign();
  return {
    method: 'POST',
    url: signed.url.href,
    headers: { ...Object.fromEntries(signed.headers), accept: 'application/json' },
    body,
  };
}

/** Errors that say what is wrong with the key. Source: "Common errors" and GetCallerIdentity in the STS API reference. */
const REFUSALS: Readonly<Record<string, string>> = {
  InvalidClientTokenId: 'unknown-key-id',
  UnrecognizedClientException: 'unknown-key-id',
  SignatureDoesNotMatch: 'wrong-secret',
  ExpiredToken: 'expired',
  ExpiredTokenException: 'expired',
};

function read(response: ProbeResponse): Reading {
  const identity = at(response.json, 'GetCallerIdentityResponse.GetCallerIdentityResult');
  const arn = at(identity, 'Arn') ?? /<Arn>(arn:[^<]{1,500})<\/Arn>/.exec(response.body)?.[1];
  if (response.status === 200 && typeof arn === 'string' && arn.startsWith('arn:aws')) {
    return { verdict: 'active', reason: 'caller-identity' };
  }
  const code = at(response.json, 'Error.Code') ?? /<Code>(\w{1,60})<\/Code>/.exec(response.body)?.[1];
  // A clock that is wrong gets the same code as a secret that is wrong.
  const isClock = /Signature (?:expired|not yet current)/.test(response.body);
  const refusal = typeof code === 'string' ? REFUSALS[code] : undefined;
  if ((response.status === 403 || response.status === 400) && refusal !== undefined && !isClock) {
    return { verdict: 'inactive', reason: refusal };
  }
  return { verdict: 'unknown', reason: isClock ? 'clock' : 'unexpected-answer' };
}

/** Forty characters drawn at random hold all three kinds; forty of hexadecimal digits are a git commit. */
function isSecret(parts: Parts): boolean {
  const text = reveal(parts, 'secret');
  return /[a-z]/.test(text) && /[A-Z]/.test(text) && /[0-9]/.test(text) && !/^[0-9a-f]{40}$/i.test(text);
}

function samplePair(random: Random, id: string, temporary: boolean, place: number) {
  const drawn = `9aZ${random.text(37, BASE64.letters)}`;
  const token = temporary ? `IQoJb3JpZ2luX2VjE${random.text(300 + 4 * random.int(40) - 1, BASE64.letters)}==` : null;
  const values = {
    AWS_ACCESS_KEY_ID: id,
    AWS_SECRET_ACCESS_KEY: drawn,
    ...(token === null ? {} : { AWS_SESSION_TOKEN: token }),
  };
  return { text: placedTogether(values, place), parts: { id, secret: drawn, ...(token === null ? {} : { session: token }) } };
}
