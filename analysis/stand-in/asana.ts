import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const asana = headerStandIn({
  id: 'asana',
  paths: ['/api/1.0/users/me'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { data: { gid: '12345', name: 'Demo', resource_type: 'user' } }),
    revoked: jsonAnswer(401, { errors: [{ message: 'Not Authorized' }] }),
    expired: jsonAnswer(401, {
      errors: [
        { message: 'The bearer token has expired. If you have a refresh token, please use it to request a new bearer token.' },
      ],
    }),
  },
  stranger: 'revoked',
});
