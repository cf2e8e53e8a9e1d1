import { ALNUM } from '../token-shape.ts';
import { authorization, is, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

/** `/v1/account`. */
export const stripe: ServiceStandIn = {
  id: 'stripe',
  answers: ['active', 'restricted', 'expired', 'revoked'],
  answer(request, lookup) {
    if (!is(request, 'GET', '/v1/account')) return null;
    const token = authorization(request, 'Bearer') ?? '';
    const masked = `${token.slice(0, 8)}${'*'.repeat(16)}${token.slice(-4)}`;
    switch (lookup(token)?.answer) {
      case 'active':
        return jsonAnswer(200, { id: 'acct_1032D82eZvKYlo2C', object: 'account', country: 'US', livemode: true });
      case 'restricted':
        return refusal(403, {
          message: `The provided key '${masked}' does not have the required permissions for this endpoint on account 'acct_1032D82eZvKYlo2C'. Having the 'rak_accounts_kyc_basic_read' permission would allow this request to continue.`,
        });
      case 'expired':
        return refusal(401, { code: 'api_key_expired', message: `Expired API Key provided: ${masked}` });
      default:
        return refusal(401, { message: `Invalid API Key provided: ${masked}` });
    }
  },
  offline(verdict, random) {
    if (verdict !== 'public-by-design') return null;
    const token = `pk_live_${random.text(99, ALNUM.letters)}`;
    return { format: 'stripe.publishable-key', sample: { text: `const stripe = Stripe('${token}');\n`, parts: { token } } };
  },
};

function refusal(status: number, error: Readonly<Record<string, string>>) {
  return jsonAnswer(status, { error: { ...error, type: 'invalid_request_error' } }, { 'request-id': 'req_0123456789abcd' });
}
