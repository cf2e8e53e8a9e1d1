import { is, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

export const postman: ServiceStandIn = {
  id: 'postman',
  answers: ['active', 'active:eu', 'restricted', 'revoked'],
  answer(request, lookup) {
    if (!is(request, 'GET', '/me')) return null;
    const known = lookup(request.headers['x-api-key'] ?? '');
    const isHome = (known?.answer === 'active:eu') === (request.host === 'api.eu.postman.com');
    if (known === null || known.answer === 'revoked' || !isHome) {
      return jsonAnswer(401, {
        error: { name: 'AuthenticationError', message: 'Invalid API Key. Every request requires a valid API Key to be sent.' },
      });
    }
    if (known.answer === 'restricted')
      return jsonAnswer(403, {
        error: { name: 'forbiddenError', message: 'You do not have enough permissions to perform this action.' },
      });
    return jsonAnswer(200, { user: { id: 12345678, username: 'demo', fullName: 'Demo' }, operations: [] });
  },
};
