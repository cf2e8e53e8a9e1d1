import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const cerebras = headerStandIn({
  id: 'cerebras',
  paths: ['/v1/models'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { object: 'list', data: [{ id: 'llama3.1-8b', object: 'model' }] }),
    revoked: jsonAnswer(401, {
      message: 'Wrong API Key',
      type: 'invalid_request_error',
      param: 'api_key',
      code: 'wrong_api_key',
    }),
  },
  stranger: 'revoked',
});
