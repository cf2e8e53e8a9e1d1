import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const deepgram = headerStandIn({
  id: 'deepgram',
  paths: ['/v1/auth/token'],
  token: 'Token',
  answers: {
    active: jsonAnswer(200, { api_key_id: '01234567-89ab-cdef-0123-456789abcdef', scopes: ['usage:write'] }),
    revoked: jsonAnswer(401, { err_code: 'INVALID_AUTH', err_msg: 'Invalid credentials.', request_id: '1' }),
  },
  stranger: 'revoked',
});
