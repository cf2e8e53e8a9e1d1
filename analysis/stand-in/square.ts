import { authorization, is, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

export const square: ServiceStandIn = {
  id: 'square',
  answers: ['active', 'active:sandbox', 'restricted', 'restricted:application', 'expired', 'revoked'],
  answer(request, lookup) {
    if (!is(request, 'GET', '/v2/merchants')) return null;
    const known = lookup(authorization(request, 'Bearer') ?? '');
    const isHome = (known?.answer === 'active:sandbox') === (request.host === 'connect.squareupsandbox.com');
    const answer = isHome ? known?.answer : undefined;
    switch (answer) {
      case 'active':
      case 'active:sandbox':
        return jsonAnswer(200, { merchant: [{ id: 'DM7VKY8Q63GNP', business_name: 'Demo', country: 'US', status: 'ACTIVE' }] });
      case 'restricted':
        return refusal(
          403,
          'INSUFFICIENT_SCOPES',
          'The merchant has not given your application sufficient permissions to do that.',
        );
      case 'restricted:application':
        return refusal(403, 'APPLICATION_DISABLED', 'The calling application was disabled.');
      case 'expired':
        return refusal(401, 'ACCESS_TOKEN_EXPIRED', 'The access token has expired.');
      case 'revoked':
        return refusal(401, 'ACCESS_TOKEN_REVOKED', 'The access token was revoked.');
      default:
        return refusal(401, 'UNAUTHORIZED', 'This request could not be authorized.');
    }
  },
};

function refusal(status: number, code: string, detail: string) {
  return jsonAnswer(status, { errors: [{ category: 'AUTHENTICATION_ERROR', code, detail }] });
}
