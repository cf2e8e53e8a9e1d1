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
    hosts: ['bedrock.us-east-1.amazonaws.com'],
    effect: 'reads',
    requests: authorized('https://bedrock.us-east-1.amazonaws.com/foundation-models'),
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

/** A short-term key is a signed address: when it was signed and for how many seconds stands in it. */
function expiryOf(token: string): number | null {
  if (!token.startsWith(SHORT)) return null;
  const address = Buffer.from(token.slice(SHORT.length), 'base64').toString('latin1');
  const query = new URLSearchParams(address.slice(address.indexOf('?') + 1));
  const signed = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get('X-Amz-Date') ?? '');
  if (signed === null) return null;
  const [year = 0, month = 0, ...rest] = signed.slice(1).map(Number);
  return Date.UTC(year, month - 1, ...rest) + 1000 * Number(query.get('X-Amz-Expires') ?? 0);
}

export function makeShortTermKey(signature: string, session: string, signedAt: Date): string {
  const date = signedAt.toISOString().replaceAll(/[:-]|\.\d{3}/g, '');
  const query = new URLSearchParams({
    Action: 'CallWithBearerToken',
    'X-Amz-Date': date,
    'X-Amz-Expires': '43200',
    'X-Amz-Security-Token': session,
    'X-Amz-Signature': signature,
    Version: '1',
  });
  return `${SHORT}${Buffer.from(`bedrock.amazonaws.com/?${query.toString()}`).toString('base64')}`;
}
