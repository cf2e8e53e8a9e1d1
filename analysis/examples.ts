/**
 * Tokens that are no secrets: printed in documentation, typed as placeholders, or laid out as canaries.
 *
 * None of them is ever asked about. The list holds SHA-256 hashes, so that no token stands in the repository and no scanner
 * stumbles over it; hash a text with `printf %s TEXT | sha256sum`.
 */
import { createHash } from 'node:crypto';
import type { Parts } from './secret.ts';
import type { Reading } from './service.ts';

/** SHA-256 of the token's text (of one part, for pairs), and the service with the page that prints it. */
const PUBLISHED: readonly (readonly [sha256: string, source: string])[] = [
  [
    '1a5d44a2dca19669d72edf4c4f1c27c4c1ca4b4408fbb17f6ce4ad452d78ddb3',
    'aws: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html',
  ],
  [
    'cb20d34a7adda2f5d2043836051e242fd4c2b233e02c80c91fe9d5af9b100574',
    'aws: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html',
  ],
  [
    'c6ea27c534f993d31f0aef882e3d200e7b87470c379ae79c8f9b19d3bd363dc9',
    'aws: https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html',
  ],
  [
    '78314b11be2e581549ac1c4f616563fad3fdf0c3b71678f6e2299182080e0598',
    'aws: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html',
  ],
  [
    'e21b597ba6b9cafa59d9ebc4d65c0385f5eb3fa56abab2607fa76589ad849a33',
    'aws: https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html',
  ],
  ['2cafc0970149a84f3b9e62eaf169f36f59907a3b3e31f7b82e68c69cd27f7326', 'stripe: https://docs.stripe.com/keys'],
  ['f2d6ca16515033e5dce14eba840b979d27b5cbae24bb3e5bf484339667f86397', 'stripe: https://docs.stripe.com/api'],
  ['2d1f7723aabc5c7a51fcdc2463c99b5f3fdbc57cf3134db4ac12913c35976e6f', 'stripe: https://docs.stripe.com/payments/quickstart'],
  ['b1471f544ceeea31333bde7e1ecbaad6eac0d4a749412ad29bd66ef895b81c6b', 'stripe: https://docs.stripe.com/keys'],
  ['5895b89c8fb33402a5bfc23aad5aaf863fbb438a51e1a0bb02b0ce618c8fdf9d', 'stripe: https://docs.stripe.com/api'],
  ['0b5dd075ccdd03c42f4edda8e299e6838e2a75d3486a2a8d86940ed1541e9178', 'telegram: https://core.telegram.org/bots/tutorial'],
  [
    '731fa294d036e54f19df879bfcd4fe72d967dc6327800c5f74a48414a3f258c9',
    'telegram: https://core.telegram.org/bots/api#authorizing-your-bot',
  ],
  [
    '654b2b06319049d0321a339b1fb29678a7a12aebd06085374e2faacab25ce56e',
    'telegram: https://core.telegram.org/bots/features#generating-an-authentication-token',
  ],
  [
    '3543c50b0cb9cea8e55eb1f529b79f043cb250d485fde7b66cabbb5183add7da',
    'github: https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps',
  ],
  [
    'bc3ae723f57c6b9e3fd80b699fcc420f6074b0b1718039669d22631d508ac0a7',
    'github: https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps',
  ],
  [
    '82e74299544e00738f9c0acb69b1eb348b3e20ffcfabcb34779bd37590fead6c',
    'github: https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens',
  ],
  ['797c0ce414586cc8eb6929afe947c720e3e4d351dd070a6fe39f630beaab3054', 'github: https://docs.github.com/en/rest/apps/apps'],
  [
    '6d7fa4e64d4b1f3ea31962e258b684de1f244434ebb11089b9d9817e44c43303',
    'github: https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens',
  ],
  [
    'ac9265e56c79b234607ec72c53753cfea9f88c99eb713790ddf9be5593bb4465',
    'google-api-key: https://cloud.google.com/docs/authentication/api-keys',
  ],
  [
    '02f7ce3c263f85c019eeeeea4b08f1b7f6ade2b7a2199c14f3efdac0eef382e1',
    'discord: https://discord.com/developers/docs/reference#authentication',
  ],
  [
    '02091175c1ae3023fb1e92ff16e1a5ca44dcd9f449916770f7d4eb192092e273',
    'sendgrid: https://www.twilio.com/docs/sendgrid/for-developers/sending-email/authentication',
  ],
  ['0d7e920845ed342366272f0820bd896fce97ab221706b36b402b2a5173683ea7', 'slack: https://api.slack.com/methods/oauth.access'],
  [
    'f5c388734d28087b33b453e43c4383711da5a9948dcbb607b7bdbebc176ab7d8',
    'slack: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks',
  ],
  [
    '2f3227eccce10b918c6655a32787803ee297ffcf973336aad6924882c89567a9',
    'slack: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks',
  ],
  [
    '0011cc25eb4320717494d2703e8cba85743e71b500283c21c8b88147992f9059',
    'azure-storage: https://learn.microsoft.com/azure/storage/common/storage-use-azurite',
  ],
  [
    'aa6547439583c3a275d4542a0df6c1ad6a863971be9f2a2220f027cc02aef615',
    'azure-cosmos: https://learn.microsoft.com/azure/cosmos-db/emulator',
  ],
  [
    'f7e7896182dcde5db5a8b852a505f0487035ca8a1618d5591e6bb8f18523f581',
    'algolia: https://www.algolia.com/doc (demo application "latency")',
  ],
  ['11d3072e6af2d409dfc2453bc83fb1bd4bacc9db302556fa1eda60241c49e12e', 'x: https://x.com (the key that its own web page sends)'],
  ['a3e5e2d0b256b382e7760596e39d8f50b351aa3e6ffabe48cc345d6e08b292f7', 'x: https://x.com (the key that its own web page sends)'],
  ['7f75367e7881255134e1375e723d1dea8ad5f6a4fdb79d938df1f1754a830606', 'jwt: https://jwt.io (until 2025)'],
  ['da816f9f2c16e6c5390e7636cadc40c43551bf0bbcf8f36c65539e6633a9c5e8', 'jwt: https://jwt.io (until 2018)'],
  ['c794fa6d20c64efb9adf980ae93af472a1679775862d421ffe55d4a57fad5b3e', 'jwt: https://jwt.io'],
  [
    'bf1725a8f98bea37e88618702e725ba84bd8acdb2647c5e0ed638bfd685791cf',
    'supabase: https://supabase.com/docs/guides/local-development',
  ],
  [
    '70541e07fd4f900b66e289f5be55c85f9bef1def4924a5b0c518c45ea1688c12',
    'supabase: https://supabase.com/docs/guides/local-development',
  ],
  ['433309480b8720d65daa906dcbdc9e5023df5e09545cadf01b7c7bb67172492d', 'volcengine: https://www.volcengine.com/docs/6348/69859'],
  ['11f70f10f8659c40cc0484a868fe655bd3196803031720141b66a7763de983e1', 'volcengine: https://www.volcengine.com/docs/6348/69859'],
  ['38410ef94df45a783aaf43d492a80bb74c16ba9a8a64e88155281f521ba71d63', 'volcengine: https://www.volcengine.com/docs/6369/67270'],
  ['566ac9d91da62ec708fcfd7460947df3d87bc33912d1b0e1f1ddd199654ed85b', 'volcengine: https://www.volcengine.com/docs/6369/67270'],
  [
    '5c60482da91f224fec241aafe6b88ff5ea0356f4d19a4cc0e96db6b9c23882c0',
    'huawei-cloud: https://support.huaweicloud.com/devg-apisign/api-sign-algorithm-005.html',
  ],
  [
    '2c15efb493b44d5ce4805caa4e122341f7d26f3eff4f214201286b639dcad066',
    'huawei-cloud: https://support.huaweicloud.com/devg-apisign/api-sign-algorithm-005.html',
  ],
];

/**
 * AWS accounts whose access keys are laid out to be found: a call with one of them raises an alarm at its owner. The first
 * ten belong to canarytokens.org, the others to services like it; as listed in TruffleHog's detector for AWS keys
 * (github.com/trufflesecurity/trufflehog, pkg/detectors/aws/access_keys/canary.go, read in 2026). The account is decoded
 * from the key id by the AWS service.
 */
export const AWS_CANARY_ACCOUNTS: ReadonlySet<string> = new Set([
  '052310077262',
  '171436882533',
  '534261010715',
  '595918472158',
  '717712589309',
  '819147034852',
  '992382622183',
  '730335385048',
  '266735846894',
  '893192397702',
  '044858866125',
  '251535659677',
  '344043088457',
  '351906852752',
  '390477818340',
  '426127672474',
  '427150556519',
  '439872796651',
  '445142720921',
  '465867158099',
  '637958123769',
  '693412236332',
  '732624840810',
  '735421457923',
  '959235150393',
  '982842642351',
]);

/** What the configuration adds, as SHA-256 in hex. */
export interface ExtraExamples {
  readonly published?: readonly string[];
  readonly canaries?: readonly string[];
}

export interface Examples {
  /** What is known of a token by one of its parts; null where it is not known. */
  find(parts: Parts): Reading | null;
}

/** The known examples and those that the configuration adds. Throws where an addition is no SHA-256 in hex. */
export function createExamples(extra: ExtraExamples = {}): Examples {
  const published = new Set(PUBLISHED.map(([sha256]) => sha256));
  const own = hashes(extra.published ?? [], 'published');
  const canaries = hashes(extra.canaries ?? [], 'canaries');
  return {
    find(parts) {
      const texts = Object.values(parts).map((part) => part.reveal());
      const found = texts.map((text) => createHash('sha256').update(text).digest('hex'));
      // A canary first: it must not be asked about whatever else it looks like.
      if (found.some((hash) => canaries.has(hash))) return { verdict: 'canary', reason: 'configured-canary' };
      if (found.some((hash) => published.has(hash))) return { verdict: 'published-example', reason: 'documentation' };
      if (found.some((hash) => own.has(hash))) return { verdict: 'published-example', reason: 'configured-example' };
      for (const text of texts) {
        const reason = placeholder(text);
        if (reason !== null) return { verdict: 'published-example', reason };
      }
      return null;
    },
  };
}

/** Texts shorter than this are no secrets by themselves: account numbers, regions, shop names. */
const SHORTEST = 16;
/** Host names and mail addresses are parts that go with a token; they may hold any word. */
const NAME = /@|^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/;
/** Words that nobody's random generator writes: seven letters by chance are one in 10^9 for a token of 40 characters. */
const WORDS = /example|placeholder|changeme|change_me|redacted|your[-_]?(?:api|token|key|secret|access)|insert[-_]?your/i;
/** So many equal or ascending characters in a row are one in 10^12 by chance, in hex. */
const LONGEST_RUN = 10;

/**
 * Why a text is a placeholder and no token, or null. Each rule is so strict that it hits one random token in a billion at
 * most: a live token taken for a placeholder would be missed in silence.
 */
export function placeholder(text: string): string | null {
  if (text.length < SHORTEST || /^\d+$/.test(text) || NAME.test(text)) return null;
  if (WORDS.test(text)) return 'placeholder-word';
  if (isMonotonous(text)) return 'placeholder-repeated';
  if (longestRun(text, 0, /[^Aa=]/) >= LONGEST_RUN) return 'placeholder-repeated';
  if (longestRun(text, 1, /[a-z0-9]/i) >= LONGEST_RUN || longestRun(text, -1, /[a-z0-9]/i) >= LONGEST_RUN)
    return 'placeholder-sequence';
  return null;
}

/** More than half of the text is one character. The prefix of a token cannot reach that, nor can padding. */
function isMonotonous(text: string): boolean {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return Math.max(...counts.values()) > text.length / 2;
}

/**
 * Length of the longest run in which each character follows the one before by `step`. Runs of `A` are left out by the
 * caller where they are zero bytes in base64, which real tokens hold; 9 is followed by 0, as on a keyboard.
 */
function longestRun(text: string, step: -1 | 0 | 1, characters: RegExp): number {
  let longest = 0;
  let run = 0;
  let before = '';
  for (const character of text) {
    const follows = before !== '' && characters.test(character) && isNext(before, character, step);
    run = follows ? run + 1 : 1;
    longest = Math.max(longest, run);
    before = character;
  }
  return longest;
}

function isNext(before: string, character: string, step: -1 | 0 | 1): boolean {
  if (character.charCodeAt(0) - before.charCodeAt(0) === step) return true;
  return (step === 1 && before === '9' && character === '0') || (step === -1 && before === '0' && character === '9');
}

function hashes(list: readonly string[], name: string): ReadonlySet<string> {
  for (const hash of list) {
    // The text itself is not repeated: someone may have put a token where its hash belongs.
    if (!/^[0-9a-f]{64}$/.test(hash))
      throw new Error(
        `examples.${name} takes SHA-256 hashes of tokens (64 hex digits in lower case); entry ${list.indexOf(hash) + 1} is none`,
      );
  }
  return new Set(list);
}
