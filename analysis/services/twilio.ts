import { active, basicAuth, field, get, inactive, lists, restricted, reveal, saysAt, verdictTable } from '../service-kit.ts';
import type { Companion, Format, Random, Service } from '../service.ts';
import type { Parts } from '../secret.ts';
import { ALNUM, GUARD_BEFORE, HEX, placedTogether } from '../token-shape.ts';

const ERRORS = 'https://www.twilio.com/docs/api/errors';

interface Pair {
  readonly id: string;
  readonly prefix: 'AC' | 'SK';
  readonly secret: Companion;
  readonly names: readonly [id: string, secret: string];
  readonly makeSecret: (random: Random) => string;
}

function pair({ id, prefix, secret, names, makeSecret }: Pair): Format {
  const together = (values: readonly [string, string], place: number) =>
    placedTogether({ [names[0]]: values[0], [names[1]]: values[1] }, place);
  return {
    id,
    // Two letters are too few to look for; the digit that follows is one of sixteen.
    literals: Array.from(HEX.letters, (digit) => `${prefix}${digit}`),
    pattern: new RegExp(`${GUARD_BEFORE}(?<id>${prefix}[0-9a-f]{32})(?!\\w)`),
    maxLength: 34,
    companions: [secret],
    redact: () => `${prefix}…`,
    samples(random) {
      const sid = () => `${prefix}${random.text(32, HEX.letters)}`;
      return {
        hits: [0, 1, 2, 3].map((place) => {
          const parts = { id: sid(), secret: makeSecret(random) };
          return { text: together([parts.id, parts.secret], place), parts };
        }),
        misses: [
          together([sid().slice(0, -1), makeSecret(random)], 0),
          together([`${sid()}0`, makeSecret(random)], 1),
          together([sid().toUpperCase(), makeSecret(random)], 2),
          together([`${sid().slice(0, 20)}g${sid().slice(21)}`, makeSecret(random)], 3),
        ],
      };
    },
  };
}

export const twilio = {
  id: 'twilio',
  label: 'Twilio',
  family: 'credentials',
  docs: 'https://www.twilio.com/docs/iam/api-keys',
  revoke: 'https://console.twilio.com/us1/account/keys-credentials/api-keys',
  formats: [
    pair({
      id: 'twilio.auth-token',
      prefix: 'AC',
      names: ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN'],
      secret: { name: 'secret', near: { pattern: /(?<![A-Za-z0-9])(?<secret>[0-9a-f]{32})(?![A-Za-z0-9])/, bytes: 400 } },
      makeSecret: (random) => random.text(32, HEX.letters),
    }),
    pair({
      id: 'twilio.api-key',
      prefix: 'SK',
      names: ['TWILIO_API_KEY', 'TWILIO_API_SECRET'],
      secret: {
        name: 'secret',
        near: { pattern: /(?<![A-Za-z0-9])(?<secret>[A-Za-z0-9]{32})(?![A-Za-z0-9])/, bytes: 400 },
        accepts: isMixed,
      },
      makeSecret: (random) => `aB3${random.text(29, ALNUM.letters)}`,
    }),
  ],
  probe: {
    hosts: ['verify.twilio.com'],
    effect: 'reads',
    // Not /Accounts: that answer holds the auth token itself, and API keys may not read it.
    requests: (parts) => [
      get('https://verify.twilio.com/v2/Services?PageSize=1', {
        authorization: basicAuth(reveal(parts, 'id'), reveal(parts, 'secret')),
      }),
    ],
    read: verdictTable([
      active('services', 200, [lists('services')], 'https://www.twilio.com/docs/verify/api/service#list-multiple-services'),
      restricted('test-credentials', 403, [field('code', 20008)], `${ERRORS}/20008: right, but for tests`),
      restricted(
        'account-not-active',
        [401, 403],
        [field('code', 20005, 10001, 20403, 90010)],
        `${ERRORS}/20005 and ${ERRORS}/20403`,
      ),
      inactive(
        'authenticate',
        401,
        [field('code', 20003), saysAt('message', /^(?:Authenticate|Authentication Error|Permission Denied)/i)],
        `${ERRORS}/20003`,
      ),
    ]),
  },
  unconfirmed: [
    'the answer to an API key that is restricted to other products: read as unknown',
    'credentials that were made for Ireland or Australia alone are refused by the American region, which is the one that is asked',
  ],
} as const satisfies Service;

/** API secrets are drawn from letters of both cases and digits: 32 characters without one of the three are something else. */
function isMixed(parts: Parts): boolean {
  const secret = reveal(parts, 'secret');
  return /[a-z]/.test(secret) && /[A-Z]/.test(secret) && /[0-9]/.test(secret);
}
