import { is, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

/** `/server` for the tokens of servers, `/domains` for those of accounts. */
export const postmark: ServiceStandIn = {
  id: 'postmark',
  answers: ['active', 'active:account', 'revoked'],
  answer(request, lookup) {
    const isAccount = is(request, 'GET', '/domains');
    if (!isAccount && !is(request, 'GET', '/server')) return null;
    const kind = isAccount ? 'Account' : 'Server';
    const known = lookup(request.headers[`x-postmark-${kind.toLowerCase()}-token`] ?? '');
    const isKnown = known !== null && known.answer !== 'revoked' && (known.answer === 'active:account') === isAccount;
    if (known?.parts !== null && !isKnown) {
      return jsonAnswer(401, {
        ErrorCode: 10,
        Message: `The ${kind} Token you provided in the X-Postmark-${kind}-Token request header was invalid.`,
      });
    }
    return jsonAnswer(200, isAccount ? { TotalCount: 0, Domains: [] } : { ID: 1, Name: 'Demo', Color: 'red' });
  },
};
