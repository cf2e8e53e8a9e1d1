import { form, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

export const entra: ServiceStandIn = {
  id: 'entra',
  answers: ['active', 'restricted', 'expired', 'revoked', 'inactive:no-tenant'],
  answer(request, lookup) {
    const tenant = /^\/([0-9a-f-]{36})\/oauth2\/v2\.0\/token$/.exec(request.path)?.[1];
    if (request.method !== 'POST' || tenant === undefined) return null;
    const fields = form(request);
    switch (lookup(tenant, fields.get('client_id') ?? '', fields.get('client_secret') ?? '')?.answer) {
      case 'active':
        return jsonAnswer(200, { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: 'eyJ0eXAi' });
      case 'restricted':
        return refusal(400, 'invalid_grant', 53003, 'Access has been blocked by Conditional Access policies.');
      case 'expired':
        return refusal(401, 'invalid_client', 7000222, 'The provided client secret keys for app are expired.');
      case 'inactive:no-tenant':
        return refusal(400, 'invalid_request', 90002, 'Tenant not found.');
      default:
        return refusal(401, 'invalid_client', 7000215, 'Invalid client secret provided.');
    }
  },
};

function refusal(status: number, error: string, code: number, text: string) {
  return jsonAnswer(status, { error, error_description: `AADSTS${code}: ${text} Trace ID: 0`, error_codes: [code] });
}
