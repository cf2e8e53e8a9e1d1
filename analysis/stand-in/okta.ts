import { authorization, is, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

/** An organization knows its own tokens alone. */
export const okta: ServiceStandIn = {
  id: 'okta',
  answers: ['active', 'restricted', 'revoked'],
  answer(request, lookup) {
    if (!is(request, 'GET', '/api/v1/users/me')) return null;
    switch (lookup(authorization(request, 'SSWS') ?? '', request.host)?.answer) {
      case 'active':
        return jsonAnswer(200, { id: '00ub0oNGTSWTBKOLGLNR', status: 'ACTIVE', profile: { login: 'demo@example.com' } });
      case 'restricted':
        return refusal(403, 'E0000006', 'You do not have permission to perform the requested action');
      default:
        return refusal(401, 'E0000011', 'Invalid token provided');
    }
  },
};

function refusal(status: number, errorCode: string, errorSummary: string) {
  return jsonAnswer(status, {
    errorCode,
    errorSummary,
    errorLink: errorCode,
    errorId: 'sampleiCF-8D5rLW6myqiPItW',
    errorCauses: [],
  });
}
