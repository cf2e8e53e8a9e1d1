import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const resend = headerStandIn({
  id: 'resend',
  paths: ['/domains'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { data: [] }),
    restricted: jsonAnswer(401, {
      statusCode: 401,
      name: 'restricted_api_key',
      message: 'This API key is restricted to only send emails',
    }),
    revoked: jsonAnswer(400, { statusCode: 400, name: 'validation_error', message: 'API key is invalid' }),
  },
  stranger: 'revoked',
});
