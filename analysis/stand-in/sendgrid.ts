import { authorization, is, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

/** `/v3/scopes`, on the global and on the European host. */
export const sendgrid: ServiceStandIn = {
  id: 'sendgrid',
  answers: ['active', 'active:eu', 'restricted', 'revoked'],
  answer(request, lookup) {
    if (!is(request, 'GET', '/v3/scopes')) return null;
    const known = lookup(authorization(request, 'Bearer') ?? '');
    const isHome = (known?.answer === 'active:eu') === (request.host === 'api.eu.sendgrid.com');
    if (known === null || known.answer === 'revoked' || !isHome) {
      return jsonAnswer(401, {
        errors: [{ message: 'The provided authorization grant is invalid, expired, or revoked', field: null, help: null }],
      });
    }
    if (known.answer === 'restricted')
      return jsonAnswer(403, { errors: [{ message: 'access forbidden', field: null, help: null }] });
    return jsonAnswer(200, { scopes: ['mail.send', 'sender_verification_eligible', '2fa_required'] });
  },
};
