import { basic, is, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

export const zendesk: ServiceStandIn = {
  id: 'zendesk',
  answers: ['active', 'undecided:forbidden', 'undecided:anonymous', 'undecided:user'],
  answer(request, lookup) {
    if (!is(request, 'GET', '/api/v2/users/me.json')) return null;
    const credentials = basic(request);
    const user = /^(.+)\/token$/.exec(credentials?.user ?? '')?.[1];
    const known = credentials === null || user === undefined ? null : lookup(user, credentials.password, request.host);
    switch (known?.answer) {
      case 'active':
        return jsonAnswer(200, { user: { id: 35_436, name: 'Demo', role: 'agent', verified: true } });
      case 'undecided:forbidden':
        return jsonAnswer(403, { error: 'Forbidden', description: 'You do not have access to this page.' });
      case 'undecided:anonymous':
        return jsonAnswer(200, { user: { id: null, name: 'Anonymous user', role: 'end-user' } });
      // A stranger, or a good token beside the mail address of somebody else.
      default:
        return jsonAnswer(401, { error: "Couldn't authenticate you" });
    }
  },
};
