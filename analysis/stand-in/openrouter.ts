import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const openrouter = headerStandIn({
  id: 'openrouter',
  paths: ['/api/v1/key'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { data: { label: 'sk-or-v1-0e6...1c96', usage: 0, limit: null, is_free_tier: true } }),
    revoked: jsonAnswer(401, { error: { message: 'User not found.', code: 401 } }),
    'undecided:payment': jsonAnswer(402, { error: { message: 'Insufficient credits', code: 402 } }),
  },
  stranger: 'revoked',
});
