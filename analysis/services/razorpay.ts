import {
  ANSWERS_NOT_COMPARED,
  active,
  basicAuth,
  field,
  get,
  inactive,
  lists,
  reveal,
  saysAt,
  verdictTable,
} from '../service-kit.ts';
import type { Format, Service } from '../service.ts';
import { ALNUM, GUARD_BEFORE, placedTogether } from '../token-shape.ts';

const DOCS = 'https://razorpay.com/docs';

const keyPair: Format = {
  id: 'razorpay.key-pair',
  literals: ['rzp_live_', 'rzp_test_'],
  pattern: new RegExp(`${GUARD_BEFORE}(?<id>rzp_(?:live|test)_[A-Za-z0-9]{14})(?!\\w)`),
  maxLength: 23,
  companions: [
    {
      name: 'secret',
      near: {
        pattern: /secret[\w.-]{0,12}["'\]]{0,2}[ \t]{0,4}(?:=>|[:=,])[ \t]{0,4}["']?(?<secret>[A-Za-z0-9]{24})(?![\w-])/i,
        bytes: 400,
      },
    },
  ],
  redact: () => 'rzp_…',
  samples(random) {
    const make = () => `rzp_${random.int(2) === 0 ? 'live' : 'test'}_${random.text(14, ALNUM.letters)}`;
    const pair = (id: string, place: number) => {
      const parts = { id, secret: random.text(24, ALNUM.letters) };
      return { text: placedTogether({ RAZORPAY_KEY_ID: id, RAZORPAY_KEY_SECRET: parts.secret }, place), parts };
    };
    return {
      hits: [0, 1, 2, 3].map((place) => pair(make(), place)),
      misses: [pair(make().slice(0, -1), 0).text, pair(`${make()}a`, 1).text, pair(make().replace('rzp', 'rzq'), 2).text],
    };
  },
};

export const razorpay = {
  id: 'razorpay',
  label: 'Razorpay',
  family: 'credentials',
  docs: `${DOCS}/api/authentication`,
  revoke: 'https://dashboard.razorpay.com/app/website-app-settings/api-keys',
  formats: [keyPair],
  probe: {
    hosts: ['api.razorpay.com'],
    effect: 'reads',
    // Payments of a time from which there are none: nobody's purchases come with the answer.
    requests: (parts) => [
      get('https://api.razorpay.com/v1/payments?count=1&from=946684800&to=946684801', {
        authorization: basicAuth(reveal(parts, 'id'), reveal(parts, 'secret')),
      }),
    ],
    read: verdictTable([
      active('payments', 200, [field('entity', 'collection'), lists('items')], `${DOCS}/api/payments/fetch-all-payments`),
      inactive(
        'authentication-failed',
        401,
        [
          saysAt(
            'error.description',
            /^(?:Authentication failed|The api key provided is invalid|The api key\/secret provided is invalid|Your API key has expired)/i,
          ),
        ],
        `${DOCS}/errors`,
      ),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the wording of the refusals'],
} as const satisfies Service;
