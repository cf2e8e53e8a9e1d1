import { basic, is, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

const TYPE = 'https://mailchimp.com/developer/marketing/docs/errors/';

export const mailchimp: ServiceStandIn = {
  id: 'mailchimp',
  answers: ['active', 'revoked', 'inactive:user-disabled', 'undecided:datacenter'],
  answer(request, lookup) {
    if (!is(request, 'GET', '/3.0/ping')) return null;
    switch (lookup(basic(request)?.password ?? '')?.answer) {
      case 'active':
        return jsonAnswer(200, { health_status: "Everything's Chimpy!" });
      case 'inactive:user-disabled':
        return jsonAnswer(403, { type: TYPE, title: 'User Disabled', status: 403, detail: 'This account has been disabled.' });
      case 'undecided:datacenter':
        return jsonAnswer(403, {
          type: TYPE,
          title: 'Wrong Datacenter',
          status: 403,
          detail: 'The API key provided is linked to a different datacenter',
        });
      default:
        return jsonAnswer(401, {
          type: TYPE,
          title: 'API Key Invalid',
          status: 401,
          detail: 'Your API key may be invalid, or you’ve attempted to access the wrong datacenter.',
        });
    }
  },
};
