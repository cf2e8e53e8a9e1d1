import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

const refusal = (status: number, code: string, message: string) =>
  jsonAnswer(status, { error: { message, type: 'invalid_request_error', code } });

export const groq = headerStandIn({
  id: 'groq',
  paths: ['/openai/v1/models'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { object: 'list', data: [{ id: 'llama-3.1-8b-instant', object: 'model' }] }),
    restricted: refusal(
      400,
      'organization_restricted',
      'Organization has been restricted. Please reach out to support if you believe this was in error.',
    ),
    revoked: refusal(401, 'invalid_api_key', 'Invalid API Key'),
    expired: refusal(401, 'expired_api_key', 'API key expired'),
  },
  stranger: 'revoked',
});
