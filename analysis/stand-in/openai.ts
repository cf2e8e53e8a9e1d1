import { authorization, is, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

/** `/v1/models`, and for admin keys `/v1/organization/admin_api_keys`. */
export const openai: ServiceStandIn = {
  id: 'openai',
  answers: [
    'active',
    'restricted:scopes',
    'restricted:address',
    'restricted:no-organization',
    'restricted:region',
    'revoked',
    'inactive:deactivated',
    'undecided:country',
  ],
  answer(request, lookup) {
    const isAdmin = is(request, 'GET', '/v1/organization/admin_api_keys');
    if (!isAdmin && !is(request, 'GET', '/v1/models')) return null;
    const token = authorization(request, 'Bearer') ?? '';
    switch (lookup(token)?.answer) {
      case 'active':
        if (isAdmin !== token.startsWith('sk-admin-')) return missing(isAdmin ? 'api.management.read' : 'api.model.read');
        return jsonAnswer(200, {
          object: 'list',
          data: [isAdmin ? { object: 'organization.admin_api_key', id: 'key_abc' } : { object: 'model', id: 'gpt-4o' }],
        });
      case 'restricted:scopes':
        return missing('api.model.read');
      case 'restricted:address':
        return refusal(401, 'ip_not_authorized', 'Your request is not authorized from this IP address.');
      case 'restricted:no-organization':
        return refusal(
          401,
          null,
          'You must be a member of an organization to use the API. Please contact us through our help center.',
        );
      case 'restricted:region':
        return refusal(
          401,
          'incorrect_hostname',
          'Attempted to access resource with incorrect regional hostname. Please make your request to us.api.openai.com',
        );
      case 'inactive:deactivated':
        return refusal(401, 'account_deactivated', 'The OpenAI account associated with this API key has been deactivated.');
      case 'undecided:country':
        return refusal(403, 'unsupported_country_region_territory', 'Country, region, or territory not supported');
      default:
        return refusal(
          401,
          'invalid_api_key',
          `Incorrect API key provided: ${token.slice(0, 7)}****. You can find your API key at https://platform.openai.com/account/api-keys.`,
        );
    }
  },
};

function missing(scope: string) {
  return refusal(
    403,
    null,
    `You have insufficient permissions for this operation. Missing scopes: ${scope}. Check that you have the correct role in your organization.`,
  );
}

function refusal(status: number, code: string | null, message: string) {
  return jsonAnswer(status, { error: { message, type: 'invalid_request_error', param: null, code } });
}
