import { authorization, is, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

/** Two interfaces: keys of the AI gateway are known there alone, and all other tokens are not known there. */
export const vercel: ServiceStandIn = {
  id: 'vercel',
  answers: ['active', 'revoked', 'undecided:forbidden'],
  answer(request, lookup) {
    const token = authorization(request, 'Bearer') ?? '';
    const known = lookup(token);
    const isKnownHere = known?.parts === null || token.startsWith('vck_') === (request.host === 'ai-gateway.vercel.sh');
    const answer = isKnownHere ? known?.answer : undefined;
    if (answer === 'undecided:forbidden') return jsonAnswer(403, { error: { code: 'forbidden', message: 'Not authorized' } });
    if (request.host === 'ai-gateway.vercel.sh') {
      if (!is(request, 'GET', '/v1/credits')) return null;
      return answer === 'active'
        ? jsonAnswer(200, { balance: '95.50', total_used: '4.50' })
        : jsonAnswer(401, { error: { message: 'Invalid API key', type: 'authentication_error' } });
    }
    if (!is(request, 'GET', '/v2/user')) return null;
    return answer === 'active'
      ? jsonAnswer(200, { user: { id: 'AEIIDYVk59zbFF2Sxfyxxmua', email: 'me@example.com', username: 'jane-doe' } })
      : jsonAnswer(403, { error: { code: 'forbidden', message: 'Not authorized', invalidToken: true } });
  },
};
