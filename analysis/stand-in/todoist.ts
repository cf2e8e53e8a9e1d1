import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const todoist = headerStandIn({
  id: 'todoist',
  paths: ['/api/v1/user'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { id: '1855589', email: 'demo@example.com', full_name: 'Demo' }),
    revoked: jsonAnswer(401, { error: 'Unauthorized', error_code: 401, error_tag: 'UNAUTHORIZED', http_code: 401 }),
  },
  stranger: 'revoked',
});
