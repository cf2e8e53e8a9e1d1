import { is, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

export const datadog: ServiceStandIn = {
  id: 'datadog',
  answers: ['active', 'active:eu', 'revoked'],
  answer(request, lookup) {
    if (!is(request, 'GET', '/api/v1/validate')) return null;
    const known = lookup(request.headers['dd-api-key'] ?? '');
    const home = known?.answer === 'active:eu' ? 'api.datadoghq.eu' : 'api.datadoghq.com';
    if (known === null || known.answer === 'revoked' || request.host !== home) return jsonAnswer(403, { errors: ['Forbidden'] });
    return jsonAnswer(200, { valid: true });
  },
};
