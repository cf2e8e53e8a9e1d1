import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const typeform = headerStandIn({
  id: 'typeform',
  paths: ['/me'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { user_id: '1', alias: 'demo', email: 'demo@example.com', language: 'en' }),
    'active:eu': jsonAnswer(200, { user_id: '2', alias: 'demo', email: 'demo@example.com', language: 'en' }),
    revoked: jsonAnswer(403, {
      code: 'AUTHENTICATION_FAILED',
      description: 'Authentication credentials not found on the Request Headers',
    }),
  },
  stranger: 'revoked',
  homes: { 'active:eu': 'api.typeform.eu' },
});
