import {
  ANSWERS_NOT_COMPARED,
  active,
  authorized,
  inactive,
  lists,
  restricted,
  reveal,
  saysAt,
  verdictTable,
} from '../service-kit.ts';
import type { Env, Reading, Service } from '../service.ts';
import type { Parts } from '../secret.ts';
import { ALNUM, alphabet, HEX, run, shaped } from '../token-shape.ts';

const DOCS = 'https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html';
/** Regions with the service. Source: https://docs.aws.amazon.com/general/latest/gr/bedrock.html */
const REGIONS: readonly string[] = [
  'us-east-1 us-east-2 us-west-1 us-west-2 us-gov-east-1 us-gov-west-1 ca-central-1 ca-west-1 mx-central-1 sa-east-1',
  'eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1',
  'ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2',
  'ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-7 me-central-1 me-south-1 af-south-1',
].flatMap((line) => line.split(' '));
const LONG = 'ABSK';
const SHORT = 'bedrock-api-key-';
const PADDED = alphabet('A-Za-z0-9+/=');
/** Signs of equality stand at the end alone. */
const BASE64_TEXT = /^[A-Za-z0-9+/-]+={0,2}$/;

export const awsBedrock = {
  id: 'aws-bedrock',
  label: 'AWS Bedrock',
  family: 'api-key',
  docs: DOCS,
  revoke: 'https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-revoke.html',
  formats: [
    shaped({
      id: 'aws-bedrock.long-term-key',
      // Base64 of "BedrockAPIKey-" stands behind the prefix.
      shape: [`${LONG}QmVkcm9ja0FQSUtleS`, run(PADDED, 90, 140)],
      variable: 'AWS_BEARER_TOKEN_BEDROCK',
      accepts: (token) => BASE64_TEXT.test(token),
      make: (random) =>
        `${LONG}${Buffer.from(`BedrockAPIKey-${random.text(80 + random.int(10), ALNUM.letters)}`).toString('base64')}`,
    }),
    shaped({
      id: 'aws-bedrock.short-term-key',
      shape: [`${SHORT}YmVkcm9jay5hbWF6b25hd3MuY29t`, run(PADDED, 300, 2400)],
      variable: 'AWS_BEARER_TOKEN_BEDROCK',
      accepts: (token) => BASE64_TEXT.test(token),
      make: (random) =>
        makeShortTermKey(random.text(64, HEX.letters), random.text(300, ALNUM.letters), new Date('2040-01-01T00:00:00Z')),
    }),
  ],
  judge(parts: Parts, env: Env): Reading | null {
    const expires = expiryOf(reveal(parts));
    return expires !== null && expires <= env.now.getTime() ? { verdict: 'inactive', reason: 'expired' } : null;
  },
  probe: {
    hosts: REGIONS.map(hostOf),
    effect: 'reads',
    requests(parts, env) {
      const token = reveal(parts);
      // A long-term key is good in every region, a short-term one "only in the AWS Region from which you generated it".
      const region = token.startsWith(SHORT) ? regionOf(token) : 'us-east-1';
      return REGIONS.includes(region) ? authorized(`https://${hostOf(region)}/foundation-models`)(parts, env) : null;
    },
    read: verdictTable([
      active(
        'models',
        200,
        [lists('modelSummaries')],
        'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListFoundationModels.html',
      ),
      inactive(
        'authentication-failed',
        403,
        [saysAt('Message', /^Authentication failed|API Key is (?:not valid|invalid)|Invalid API Key/i)],
        DOCS,
      ),
      restricted('not-authorized', 403, [saysAt('Message', /is not authorized to perform: bedrock:/)], DOCS),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the wording of the refusals'],
} as const satisfies Service;

function hostOf(region: string): string {
  return `bedrock.${region}.amazonaws.com`;
}

/** A short-term key is a signed address: where and when it was signed, and for how many seconds, stands in it. */
function signedQuery(token: string): URLSearchParams {
  const address = Buffer.from(token.slice(SHORT.length), 'base64').toString('latin1');
  return new URLSearchParams(address.slice(address.indexOf('?') + 1));
}

/** The region that a short-term key was signed for; empty where it does not say. */
export function regionOf(token: string): string {
  const [, , region = ''] = (signedQuery(token).get('X-Amz-Credential') ?? '').split('/');
  return region;
}

function expiryOf(token: string): number | null {
  if (!token.startsWith(SHORT)) return null;
  const query = signedQuery(token);
  const signed = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get('X-Amz-Date') ?? '');
  if (signed === null) return null;
  const [year = 0, month = 0, ...rest] = signed.slice(1).map(Number);
  return Date.UTC(year, month - 1, ...rest) + 1000 * Number(query.get('X-Amz-Expires') ?? 0);
}

export function makeShortTermKey(signature: string, session: string, signedAt: Date): string {
  const date = signedAt.toISOString().replaceAll(/[:-]|\.\d{3}/g, '');
  const query = new URLSearchParams({
    Action: 'CallWithBearerToken',
    'X-Amz-Credential': `ASIA${'A'.repeat(16)}/${date.slice(0, 8)}/eu-west-1/bedrock/aws4_request`,
    'X-Amz-Date': date,
    'X-Amz-Expires': '43200',
    'X-Amz-Security-Token': session,
    'X-Amz-Signature': signature,
    Version: '1',
  });
  return `${SHORT}${Buffer.from(`bedrock.amazonaws.com/?${query.toString()}`).toString('base64')}`;
}
