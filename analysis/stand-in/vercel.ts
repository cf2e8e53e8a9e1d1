import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const vercel = headerStandIn({
  id: 'vercel',
  paths: ['/v2/user'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { user: { id: 'AEIIDYVk59zbFF2Sxfyxxmua', email: 'me@example.com', username: 'jane-doe' } }),
    revoked: jsonAnswer(403, { error: { code: 'forbidden', message: 'Not authorized', invalidToken: true } }),
    'undecided:forbidden': jsonAnswer(403, { error: { code: 'forbidden', message: 'Not authorized' } }),
  },
  stranger: 'revoked',
});
