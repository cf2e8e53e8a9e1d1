import { authorization, is, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

/** Web API, `auth.test`: the status is 200 whatever is said. */
export const slack: ServiceStandIn = {
  id: 'slack',
  answers: [
    'active',
    'restricted:accesslimited',
    'restricted:org_login_required',
    'restricted:two_factor_setup_required',
    'expired:token_expired',
    'revoked:token_revoked',
    'inactive:account_inactive',
    'inactive:invalid_auth',
    'undecided:ratelimited',
    'undecided:fatal_error',
  ],
  silencing: ['undecided:ratelimited'],
  answer(request, lookup) {
    if (!is(request, 'POST', '/api/auth.test')) return null;
    const token = authorization(request, 'Bearer') ?? '';
    const cookie = /(?:^|; ?)d=([^;]+)/.exec(request.headers['cookie'] ?? '')?.[1];
    const known = token.startsWith('xoxc-') ? lookup(token, cookie ?? '') : lookup(token);
    if (known === null) return jsonAnswer(200, { ok: false, error: 'invalid_auth' });
    const [, error] = known.answer.split(':', 2);
    if (error !== undefined) return jsonAnswer(200, { ok: false, error });
    if (token.startsWith('xapp-')) return jsonAnswer(200, { ok: true, app_name: 'Demo', app_id: 'A0123456789' });
    return jsonAnswer(200, {
      ok: true,
      url: 'https://subarachnoid.slack.com/',
      team: 'Subarachnoid Workspace',
      user: 'grace',
      team_id: 'T12345678',
      user_id: 'W12345678',
    });
  },
};
