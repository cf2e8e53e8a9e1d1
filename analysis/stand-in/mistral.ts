import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const mistral = headerStandIn({
  id: 'mistral',
  paths: ['/v1/models'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { object: 'list', data: [{ id: 'mistral-small-latest', object: 'model' }] }),
    revoked: jsonAnswer(401, { message: 'Unauthorized', request_id: '0123456789abcdef' }),
    'inactive:detail': jsonAnswer(401, { detail: 'Unauthorized' }),
  },
  stranger: 'revoked',
});
