import { is, jsonAnswer, textAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

/** `/api/v1/gems.json`: the key stands alone in the Authorization header. */
export const rubygems: ServiceStandIn = {
  id: 'rubygems',
  answers: ['active', 'restricted:scope', 'revoked', 'inactive:deleted-owner'],
  answer(request, lookup) {
    if (!is(request, 'GET', '/api/v1/gems.json')) return null;
    switch (lookup(request.headers['authorization'] ?? '')?.answer) {
      case 'active':
        return jsonAnswer(200, [{ name: 'demo', downloads: 12, version: '0.1.0' }]);
      case 'restricted:scope':
        return jsonAnswer(403, { error: "The API key doesn't have access" });
      case 'inactive:deleted-owner':
        return jsonAnswer(403, { error: 'An invalid API key cannot be used. Please delete it and create a new one.' });
      default:
        return textAnswer(401, 'Access Denied. Please sign up for an account at https://rubygems.org');
    }
  },
};
