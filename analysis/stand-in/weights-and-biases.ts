import { basic, is, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

export const weightsAndBiases: ServiceStandIn = {
  id: 'weights-and-biases',
  answers: ['active', 'revoked', 'inactive:no-viewer'],
  answer(request, lookup) {
    if (!is(request, 'POST', '/graphql') || request.body !== '{"query":"{ viewer { id } }"}') return null;
    switch (lookup(basic(request)?.password ?? '')?.answer) {
      case 'active':
        return jsonAnswer(200, { data: { viewer: { id: 'VXNlcjoxMjM0NQ==' } } });
      case 'inactive:no-viewer':
        return jsonAnswer(200, { data: { viewer: null } });
      default:
        return jsonAnswer(401, {
          errors: [{ message: 'user is not logged in', path: ['viewer'], extensions: { code: 'PERMISSION_ERROR' } }],
        });
    }
  },
};
