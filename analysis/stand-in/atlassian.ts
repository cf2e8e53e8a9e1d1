import { basic, is, jsonAnswer, textAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

/** Jira of one site. */
export const atlassian: ServiceStandIn = {
  id: 'atlassian',
  answers: ['active', 'undecided:scoped', 'undecided:header'],
  answer(request, lookup) {
    if (!is(request, 'GET', '/rest/api/3/myself')) return null;
    const credentials = basic(request);
    const known = credentials === null ? null : lookup(credentials.user, credentials.password, request.host);
    switch (known?.answer) {
      case 'active':
        return jsonAnswer(200, { accountId: '5b10a2844c20165700ede21g', emailAddress: credentials?.user, active: true });
      case 'undecided:header':
        return textAnswer(401, 'Basic auth with password is not allowed on this instance', {
          'x-seraph-loginreason': 'AUTHENTICATED_FAILED',
        });
      // A stranger, or a token with scopes: the site does not tell them apart.
      default:
        return textAnswer(401, 'Client must be authenticated to access this resource.');
    }
  },
};
