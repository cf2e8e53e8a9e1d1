import { active, authorized, field, inactive, names, restricted, reveal, saysAt, verdictTable } from '../service-kit.ts';
import type { Format, Reading, Service } from '../service.ts';
import type { Parts } from '../secret.ts';
import { ALNUM, run, shaped } from '../token-shape.ts';

const DOCS = 'https://docs.stripe.com/keys';

/** Old keys have 24 characters, those made around 2019 two zeros and eight more, newer ones the account's id and about a hundred. */
function keys(id: string, prefix: string, variable: string): readonly Format[] {
  return [
    shaped({ id: `stripe.${id}`, shape: [prefix, run(ALNUM, 90, 247)], variable }),
    shaped({ id: `stripe.old-${id}`, shape: [prefix, run(ALNUM, 24)], variable }),
    shaped({ id: `stripe.old-long-${id}`, shape: [prefix, run(ALNUM, 24), '00', run(ALNUM, 8)], variable }),
  ];
}

const readAnswer = verdictTable([
  active('account', 200, [field('object', 'account'), names('id')], 'https://docs.stripe.com/api/accounts/retrieve'),
  restricted(
    'permission',
    403,
    [saysAt('error.message', /does not have the required permissions|does not have access to account/)],
    'https://docs.stripe.com/keys/restricted-api-keys',
  ),
  inactive(
    'expired-key',
    401,
    [field('error.code', 'api_key_expired', 'platform_api_key_expired')],
    'https://docs.stripe.com/error-codes#api-key-expired',
  ),
  inactive(
    'invalid-key',
    401,
    [saysAt('error.message', /^(?:Invalid|Expired) API Key provided/)],
    'https://docs.stripe.com/error-handling (authentication error)',
  ),
]);

export const stripe = {
  id: 'stripe',
  label: 'Stripe',
  family: 'api-key',
  docs: DOCS,
  revoke: 'https://dashboard.stripe.com/apikeys',
  formats: [
    ...keys('secret-key', 'sk_live_', 'STRIPE_SECRET_KEY'),
    ...keys('restricted-key', 'rk_live_', 'STRIPE_SECRET_KEY'),
    ...keys('test-secret-key', 'sk_test_', 'STRIPE_SECRET_KEY'),
    ...keys('test-restricted-key', 'rk_test_', 'STRIPE_SECRET_KEY'),
    ...keys('publishable-key', 'pk_live_', 'STRIPE_PUBLISHABLE_KEY'),
    ...keys('test-publishable-key', 'pk_test_', 'STRIPE_PUBLISHABLE_KEY'),
  ],
  judge(parts: Parts): Reading | null {
    return reveal(parts).startsWith('pk_') ? { verdict: 'public-by-design', reason: 'publishable-key' } : null;
  },
  probe: {
    hosts: ['api.stripe.com'],
    effect: 'reads',
    requests: authorized('https://api.stripe.com/v1/account'),
    read(response, parts) {
      const reading = readAnswer(response);
      // A test key moves no money: it is told apart, and counted with the others only by who asks for it.
      const isTest = reveal(parts).includes('_test_');
      return isTest && reading.verdict === 'active' ? { verdict: 'active', reason: 'test-account' } : reading;
    },
  },
  unconfirmed: [
    'that no other key is between 25 and 89 characters long: others give out keys with the same prefixes and such lengths',
  ],
} as const satisfies Service;
