import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const fireworks = headerStandIn({
  id: 'fireworks',
  paths: ['/inference/v1/models'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, {
      object: 'list',
      data: [{ id: 'accounts/fireworks/models/demo', object: 'model', owned_by: 'fireworks' }],
    }),
    revoked: jsonAnswer(401, {
      error: {
        object: 'error',
        type: 'invalid_request_error',
        code: 'unauthorized',
        message: 'The API key you provided is invalid.',
      },
    }),
    'undecided:forbidden': jsonAnswer(403, { error: { object: 'error', message: 'forbidden' } }),
  },
  stranger: 'revoked',
});
