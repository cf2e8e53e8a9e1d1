import { basic, is, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

const HEADERS = { 'x-tfs-processid': '4f3a0b5e-301e-0000-4f3a-0123456789ab' };

export const azureDevops: ServiceStandIn = {
  id: 'azure-devops',
  answers: ['active', 'undecided:organization', 'undecided:page', 'expired'],
  answer(request, lookup) {
    if (!is(request, 'GET', '/_apis/profile/profiles/me')) return null;
    switch (lookup(basic(request)?.password ?? '')?.answer) {
      case 'active':
        return jsonAnswer(
          200,
          {
            displayName: 'Demo',
            publicAlias: 'a1b2',
            emailAddress: 'demo@example.com',
            id: 'd6245f20-2af8-44f4-9451-8107cb2767db',
          },
          HEADERS,
        );
      case 'undecided:page':
        return {
          status: 203,
          headers: { 'content-type': 'text/html; charset=utf-8', ...HEADERS },
          body: '<!DOCTYPE html><html><head><title>Azure DevOps Services | Sign In</title></head><body></body></html>',
        };
      case 'expired':
        return {
          status: 401,
          headers: { 'content-type': 'text/html', ...HEADERS },
          body: '<html>The Personal Access Token used has expired.</html>',
        };
      // A stranger, or a token that is good for one organization: the profile does not tell them apart.
      default:
        return { status: 401, headers: HEADERS, body: '' };
    }
  },
};
