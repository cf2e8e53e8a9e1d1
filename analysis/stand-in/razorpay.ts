import { basic, is, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

export const razorpay: ServiceStandIn = {
  id: 'razorpay',
  answers: ['active', 'revoked', 'expired'],
  answer(request, lookup) {
    if (!is(request, 'GET', '/v1/payments')) return null;
    // The earliest time that may be asked for; anything else would be answered with what customers bought.
    if (request.query.get('from') !== '946684800' || request.query.get('to') !== '946684801') return null;
    const credentials = basic(request);
    const known = credentials === null ? null : lookup(credentials.user, credentials.password);
    if (known?.answer === 'active') return jsonAnswer(200, { entity: 'collection', count: 0, items: [] });
    const description = known?.answer === 'expired' ? 'Your API key has expired' : 'Authentication failed';
    return jsonAnswer(401, { error: { code: 'BAD_REQUEST_ERROR', description, source: 'NA', step: 'NA', reason: 'NA' } });
  },
};
