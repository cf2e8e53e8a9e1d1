import { jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

export const anthropic: ServiceStandIn = {
  id: 'anthropic',
  answers: ['active', 'restricted', 'revoked', 'undecided:invalid-request'],
  answer(request, lookup) {
    const isAdmin = request.path === '/v1/organizations/me';
    if (request.method !== 'GET' || (!isAdmin && request.path !== '/v1/models')) return null;
    if (request.headers['anthropic-version'] === undefined)
      return refusal(400, 'invalid_request_error', 'anthropic-version: header is required');
    switch (lookup(request.headers['x-api-key'] ?? '')?.answer) {
      case 'active':
        if (isAdmin) return jsonAnswer(200, { id: '12345678-1234-5678-1234-567812345678', type: 'organization', name: 'Demo' });
        return jsonAnswer(200, {
          data: [{ type: 'model', id: 'claude-1' }],
          has_more: false,
          first_id: 'claude-1',
          last_id: 'claude-1',
        });
      case 'restricted':
        return refusal(403, 'permission_error', 'Your API key does not have permission to use the specified resource.');
      case 'undecided:invalid-request':
        return refusal(400, 'invalid_request_error', 'Your credit balance is too low to access the API.');
      default:
        return refusal(401, 'authentication_error', 'invalid x-api-key');
    }
  },
};

function refusal(status: number, type: string, message: string) {
  return jsonAnswer(status, { type: 'error', error: { type, message }, request_id: 'req_011CSHoEeqs5C35K2UUqR7Fy' });
}
