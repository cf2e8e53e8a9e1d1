import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const clerk = headerStandIn({
  id: 'clerk',
  paths: ['/v1/jwks'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { keys: [{ use: 'sig', kty: 'RSA', kid: 'ins_1' }] }),
    revoked: jsonAnswer(401, { errors: [{ message: 'The provided Clerk Secret Key is invalid.', code: 'clerk_key_invalid' }] }),
  },
  stranger: 'revoked',
});
