import { active, field, inactive, postJson, reveal, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { HEX, LOWER_DIGITS, run, shaped } from '../token-shape.ts';

const DOCS = 'https://developer.paypal.com/braintree/graphql';

export const braintree = {
  id: 'braintree',
  label: 'Braintree',
  family: 'token',
  docs: `${DOCS}/guides/making_api_calls`,
  revoke: 'https://developer.paypal.com/braintree/articles/control-panel/important-gateway-credentials',
  formats: [
    shaped({
      id: 'braintree.access-token',
      shape: ['access_token$', ['production', 'sandbox'], '$', run(LOWER_DIGITS, 16), '$', run(HEX, 32)],
      variable: 'BRAINTREE_ACCESS_TOKEN',
    }),
  ],
  probe: {
    hosts: ['payments.braintree-api.com', 'payments.sandbox.braintree-api.com'],
    effect: 'reads',
    effectReason: 'GraphQL is asked by POST; a query cannot change anything.',
    requests(parts) {
      const host = reveal(parts).includes('$sandbox$') ? 'payments.sandbox.braintree-api.com' : 'payments.braintree-api.com';
      const headers = { authorization: `Bearer ${reveal(parts)}`, 'braintree-version': '2019-01-01' };
      return [postJson(`https://${host}/graphql`, { query: 'query { ping }' }, headers)];
    },
    read: verdictTable([
      active('pong', 200, [field('data.ping', 'pong')], `${DOCS}/reference/queries/ping`),
      inactive(
        'authentication',
        [200, 401],
        [field('errors.0.extensions.errorClass', 'AUTHENTICATION')],
        `${DOCS}/guides/making_api_calls`,
      ),
    ]),
  },
  unconfirmed: ['the form of a token, which other scanners have', 'the class of the error for a wrong token'],
} as const satisfies Service;
