import { is, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

export const mapbox: ServiceStandIn = {
  id: 'mapbox',
  answers: ['active', 'public', 'expired', 'revoked', 'inactive'],
  formatAnswers: {
    'mapbox.secret-token': ['active', 'expired', 'revoked', 'inactive'],
    'mapbox.temporary-token': ['active', 'expired', 'revoked', 'inactive'],
    'mapbox.public-token': ['public', 'revoked', 'inactive'],
  },
  answer(request, lookup) {
    if (!is(request, 'GET', '/tokens/v2')) return null;
    const token = request.query.get('access_token') ?? '';
    switch (lookup(token)?.answer) {
      case 'active':
      case 'public':
        return jsonAnswer(200, { code: 'TokenValid', token: { usage: token.slice(0, 2), user: 'demo', authorization: 'ck1' } });
      case 'expired':
        return jsonAnswer(200, { code: 'TokenExpired' });
      case 'revoked':
        return jsonAnswer(200, { code: 'TokenRevoked' });
      default:
        return jsonAnswer(200, { code: 'TokenInvalid' });
    }
  },
};
