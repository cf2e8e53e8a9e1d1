import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const frameIo = headerStandIn({
  id: 'frame-io',
  paths: ['/v2/me'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { _type: 'user', id: '01234567-89ab-cdef-0123-456789abcdef', name: 'Demo' }),
    revoked: jsonAnswer(401, { code: 401, message: 'Not Authorized', errors: [{ code: 401, title: 'Not Authorized' }] }),
  },
  stranger: 'revoked',
});
