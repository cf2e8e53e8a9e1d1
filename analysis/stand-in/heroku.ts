import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const heroku = headerStandIn({
  id: 'heroku',
  paths: ['/account'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { id: '01234567-89ab-cdef-0123-456789abcdef', email: 'username@example.com', verified: false }),
    'restricted:scope': jsonAnswer(403, {
      id: 'forbidden',
      error: 'The scope of this OAuth authorization does not allow access to this resource.',
    }),
    'restricted:suspended': jsonAnswer(403, { id: 'suspended', message: 'Your account has been suspended.' }),
    revoked: jsonAnswer(401, { id: 'unauthorized', message: 'Invalid credentials provided.' }),
  },
  stranger: 'revoked',
});
