import { is, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

/** A shop knows its own tokens alone. */
export const shopify: ServiceStandIn = {
  id: 'shopify',
  answers: ['active', 'revoked', 'undecided:frozen', 'undecided:closed'],
  answer(request, lookup) {
    if (!is(request, 'GET', '/admin/oauth/access_scopes.json')) return null;
    switch (lookup(request.headers['x-shopify-access-token'] ?? '', request.host)?.answer) {
      case 'active':
        return jsonAnswer(200, { access_scopes: [{ handle: 'read_products' }] });
      case 'undecided:frozen':
        return jsonAnswer(402, { errors: 'Unavailable Shop' });
      case 'undecided:closed':
        return jsonAnswer(404, { errors: 'Not Found' });
      default:
        return jsonAnswer(401, { errors: '[API] Invalid API key or access token (unrecognized login or wrong password)' });
    }
  },
};
