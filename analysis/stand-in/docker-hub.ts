import { at } from '../service-kit.ts';
import { is, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

export const dockerHub: ServiceStandIn = {
  id: 'docker-hub',
  answers: ['active', 'revoked', 'inactive:message'],
  answer(request, lookup) {
    if (!is(request, 'POST', '/v2/auth/token')) return null;
    const body: unknown = JSON.parse(request.body);
    switch (lookup(String(at(body, 'identifier')), String(at(body, 'secret')))?.answer) {
      case 'active':
        return jsonAnswer(200, { access_token: 'eyJ4NWMi' });
      case 'inactive:message':
        return jsonAnswer(401, { message: 'unauthorized', errinfo: {} });
      default:
        return jsonAnswer(401, { detail: 'Incorrect authentication credentials' });
    }
  },
};
