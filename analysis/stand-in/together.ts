import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const together = headerStandIn({
  id: 'together',
  paths: ['/v1/models'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, [{ id: 'demo', object: 'model', type: 'chat' }]),
    revoked: jsonAnswer(401, {
      id: '1',
      error: { message: 'Invalid API key provided.', type: 'invalid_request_error', param: null, code: 'invalid_api_key' },
    }),
  },
  stranger: 'revoked',
});
