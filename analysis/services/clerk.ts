import { active, authorized, field, inactive, lists, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, HEX, run, shaped } from '../token-shape.ts';

const DOCS = 'https://clerk.com/docs';

export const clerk = {
  id: 'clerk',
  label: 'Clerk',
  family: 'api-key',
  docs: `${DOCS}/guides/development/clerk-environment-variables`,
  revoke: 'https://dashboard.clerk.com/last-active?path=api-keys',
  formats: [
    shaped({
      id: 'clerk.secret-key',
      shape: [['sk_live_', 'sk_test_'], run(ALNUM, 40, 50)],
      variable: 'CLERK_SECRET_KEY',
      // Paystack's keys have the same prefixes and forty hexadecimal digits.
      accepts: (token) => !/^sk_(?:live|test)_[0-9a-f]+$/.test(token),
      misses: (random) => [`PAYSTACK_SECRET_KEY=sk_live_${random.text(40, HEX.letters)}\n`],
    }),
  ],
  probe: {
    hosts: ['api.clerk.com'],
    effect: 'reads',
    requests: authorized('https://api.clerk.com/v1/jwks'),
    read: verdictTable([
      active('keys', 200, [lists('keys')], `${DOCS}/reference/backend-api/tag/jwks/get/jwks`),
      inactive(
        'secret-key-invalid',
        401,
        [field('errors.0.code', 'clerk_key_invalid')],
        'https://github.com/clerk/javascript/blob/main/packages/backend/src/errors.ts (InvalidSecretKey)',
      ),
    ]),
  },
  unconfirmed: ['the status beside the code of the refusal'],
} as const satisfies Service;
