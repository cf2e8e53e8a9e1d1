import { is, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

/** `/projects` for the tokens of accounts, `/environments` for those of projects. */
export const rollbar: ServiceStandIn = {
  id: 'rollbar',
  answers: ['active', 'active:project', 'restricted', 'public', 'inactive:disabled', 'revoked'],
  answer(request, lookup) {
    const isProject = is(request, 'GET', '/api/1/environments');
    if (!isProject && !is(request, 'GET', '/api/1/projects')) return null;
    const known = lookup(request.headers['x-rollbar-access-token'] ?? '');
    switch (known?.answer) {
      case 'active':
        if (!isProject) return jsonAnswer(200, { err: 0, result: [{ id: 1, name: 'demo' }] });
        if (known.parts === null) return environments();
        return refusal(403, 'access token not found: 0123456789abcdef0123456789abcdef');
      case 'active:project':
        return isProject ? environments() : refusal(401, 'invalid access token');
      case 'restricted':
        return isProject ? lacks('post_server_item') : refusal(401, 'invalid access token');
      case 'public':
        return isProject ? lacks('post_client_item') : refusal(401, 'invalid access token');
      case 'inactive:disabled':
        return refusal(403, 'insufficient privileges: The access token is disabled.');
      default:
        return refusal(403, 'access token not found: 0123456789abcdef0123456789abcdef');
    }
  },
};

function environments() {
  return jsonAnswer(200, { err: 0, result: { page: 1, environments: [{ id: 1, environment: 'production', visible: 1 }] } });
}

function lacks(scope: string) {
  return refusal(403, `insufficient privileges: read scope is required but the access token only has ${scope}.`);
}

function refusal(status: number, message: string) {
  return jsonAnswer(status, { err: 1, message });
}
