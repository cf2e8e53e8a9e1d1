import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const prefect = headerStandIn({
  id: 'prefect',
  paths: ['/api/me/workspaces'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, [{ workspace_id: '1', workspace_name: 'demo' }]),
    revoked: jsonAnswer(401, { detail: 'Invalid authentication credentials' }),
  },
  stranger: 'revoked',
});
