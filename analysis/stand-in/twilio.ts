import { basic, is, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

/** Verify, list of services. */
export const twilio: ServiceStandIn = {
  id: 'twilio',
  answers: [
    'active',
    'restricted:test-credentials',
    'restricted:suspended',
    'restricted:closed',
    'revoked',
    'undecided:other-product',
  ],
  answer(request, lookup) {
    if (!is(request, 'GET', '/v2/Services')) return null;
    const credentials = basic(request);
    const known = credentials === null ? null : lookup(credentials.user, credentials.password);
    switch (known?.answer) {
      case 'active':
        return jsonAnswer(200, { services: [], meta: { page: 0, page_size: 1, key: 'services' } });
      case 'restricted:test-credentials':
        return refusal(403, 20008, 'Resource not accessible with Test Account Credentials');
      case 'restricted:suspended':
        return refusal(403, 20005, 'Account not active');
      case 'restricted:closed':
        return refusal(403, 20403, 'Forbidden');
      case 'undecided:other-product':
        return refusal(403, 70051, 'Authorization Error');
      default:
        return refusal(401, 20003, 'Authenticate');
    }
  },
};

function refusal(status: number, code: number, message: string) {
  return jsonAnswer(status, { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status });
}
