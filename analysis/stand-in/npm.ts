import { authorization, is, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

/** The registry's `whoami`. */
export const npm: ServiceStandIn = {
  id: 'npm',
  answers: ['active', 'revoked', 'undecided:forbidden'],
  answer(request, lookup) {
    if (!is(request, 'GET', '/-/whoami')) return null;
    switch (lookup(authorization(request, 'Bearer') ?? '')?.answer) {
      case 'active':
        return jsonAnswer(200, { username: 'octocat' });
      case 'undecided:forbidden':
        return jsonAnswer(403, { error: 'Forbidden' });
      default:
        return jsonAnswer(401, { message: 'Unauthorized' }, { 'www-authenticate': 'Bearer' });
    }
  },
};
