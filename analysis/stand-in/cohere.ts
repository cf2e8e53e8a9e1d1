import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const cohere = headerStandIn({
  id: 'cohere',
  paths: ['/v1/models'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { models: [{ name: 'command', endpoints: ['chat'] }], next_page_token: 'x' }),
    revoked: jsonAnswer(401, { message: 'invalid api token' }),
    'undecided:trial': jsonAnswer(403, { message: 'your trial key cannot be used for this' }),
  },
  stranger: 'revoked',
});
