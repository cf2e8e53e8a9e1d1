import { basic, is, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

export const paypal: ServiceStandIn = {
  id: 'paypal',
  answers: ['active', 'active:sandbox', 'revoked'],
  answer(request, lookup) {
    if (!is(request, 'POST', '/v1/oauth2/token')) return null;
    const credentials = basic(request);
    const known = credentials === null ? null : lookup(credentials.user, credentials.password);
    const isHome = (known?.answer === 'active:sandbox') === (request.host === 'api-m.sandbox.paypal.com');
    if (known === null || known.answer === 'revoked' || !isHome) {
      return jsonAnswer(401, { error: 'invalid_client', error_description: 'Client Authentication failed' });
    }
    return jsonAnswer(200, {
      scope: 'openid',
      access_token: 'A21AAF',
      token_type: 'Bearer',
      app_id: 'APP-80W284485P519543T',
      expires_in: 31668,
    });
  },
};
