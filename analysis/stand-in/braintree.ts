import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

const extensions = { requestId: 'a-uuid-for-the-request' };

export const braintree = headerStandIn({
  id: 'braintree',
  method: 'POST',
  paths: ['/graphql'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { data: { ping: 'pong' }, extensions }),
    revoked: jsonAnswer(200, {
      data: null,
      errors: [
        {
          message: 'Authentication credentials are invalid.',
          extensions: { errorClass: 'AUTHENTICATION', errorType: 'developer_error' },
        },
      ],
      extensions,
    }),
  },
  stranger: 'revoked',
});
