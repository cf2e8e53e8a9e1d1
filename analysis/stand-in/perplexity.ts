import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const perplexity = headerStandIn({
  id: 'perplexity',
  paths: ['/router/v1/models'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { object: 'list', data: [{ id: 'sonar', object: 'model' }] }),
    revoked: jsonAnswer(401, { error: { message: 'Invalid API key provided.', type: 'invalid_api_key', code: 401 } }),
    'undecided:no-access': jsonAnswer(401, { error: { message: 'Unauthorized', type: 'unauthorized', code: 401 } }),
  },
  stranger: 'revoked',
});
