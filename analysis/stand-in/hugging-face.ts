import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const huggingFace = headerStandIn({
  id: 'hugging-face',
  paths: ['/api/whoami-v2'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { type: 'user', id: '0123456789abcdef01234567', name: 'demo', auth: { type: 'access_token' } }),
    revoked: jsonAnswer(401, { error: 'Invalid credentials in Authorization header' }),
    expired: jsonAnswer(401, { error: 'User Access Token "demo" is expired' }),
    'inactive:password': jsonAnswer(401, { error: 'Invalid username or password.' }),
  },
  stranger: 'revoked',
});
