import { jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

/** Bot API, `getMe`: the token stands in the path. */
export const telegram: ServiceStandIn = {
  id: 'telegram',
  answers: ['active', 'revoked', 'inactive:no-such-bot'],
  answer(request, lookup) {
    const token = /^\/bot(.+)\/getMe$/.exec(request.path)?.[1];
    if (request.method !== 'GET' || token === undefined) return null;
    switch (lookup(token)?.answer) {
      case 'active':
        return jsonAnswer(200, { ok: true, result: { id: 123456789, is_bot: true, first_name: 'Demo', username: 'demo_bot' } });
      case 'revoked':
        return jsonAnswer(401, { ok: false, error_code: 401, description: 'Unauthorized' });
      default:
        return jsonAnswer(404, { ok: false, error_code: 404, description: 'Not Found' });
    }
  },
};
