import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

const refusal = (status: number, category: string, message: string) =>
  jsonAnswer(status, { status: 'error', message, correlationId: '01234567-89ab-cdef-0123-456789abcdef', category });

export const hubspot = headerStandIn({
  id: 'hubspot',
  paths: ['/account-info/v3/api-usage/daily/private-apps'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { results: [{ name: 'private-apps-api-calls-daily', usageLimit: 250000, currentUsage: 0 }] }),
    restricted: refusal(403, 'MISSING_SCOPES', 'This app hasn’t been granted all required scopes to make this call.'),
    revoked: refusal(401, 'INVALID_AUTHENTICATION', 'Authentication credentials not found.'),
    expired: refusal(401, 'EXPIRED_AUTHENTICATION', 'The OAuth token used to make this call expired.'),
  },
  stranger: 'revoked',
});
