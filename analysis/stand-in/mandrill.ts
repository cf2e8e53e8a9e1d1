import { at } from '../service-kit.ts';
import { is, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

export const mandrill: ServiceStandIn = {
  id: 'mandrill',
  answers: ['active', 'revoked', 'undecided:payment'],
  answer(request, lookup) {
    if (!is(request, 'POST', '/api/1.0/users/ping2')) return null;
    switch (lookup(String(at(JSON.parse(request.body), 'key')))?.answer) {
      case 'active':
        return jsonAnswer(200, { PING: 'PONG!' });
      case 'undecided:payment':
        return jsonAnswer(500, {
          status: 'error',
          code: -99,
          name: 'PaymentRequired',
          message: 'This feature is only available for accounts with a positive balance.',
        });
      default:
        return jsonAnswer(500, { status: 'error', code: -1, name: 'Invalid_Key', message: 'Invalid API key' });
    }
  },
};
