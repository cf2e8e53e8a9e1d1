import { at } from '../service-kit.ts';
import { is, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

/** Keys of one environment are strangers to the other. */
export const plaid: ServiceStandIn = {
  id: 'plaid',
  answers: ['active', 'active:sandbox', 'revoked'],
  answer(request, lookup) {
    if (!is(request, 'POST', '/institutions/get')) return null;
    const asked: unknown = JSON.parse(request.body);
    const known = lookup(String(at(asked, 'client_id')), String(at(asked, 'secret')));
    const isHere = request.host.startsWith('sandbox.') ? known?.answer === 'active:sandbox' : known?.answer === 'active';
    const isAll = known?.parts === null;
    if (isHere || isAll)
      return jsonAnswer(200, { institutions: [{ institution_id: 'ins_1', name: 'Demo' }], total: 1, request_id: 'x' });
    return jsonAnswer(400, {
      error_type: 'INVALID_INPUT',
      error_code: 'INVALID_API_KEYS',
      error_message: 'invalid client_id or secret provided',
      display_message: null,
      request_id: 'HNTDNrA8F1shFEW',
    });
  },
};
