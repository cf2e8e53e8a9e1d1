import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const digitalocean = headerStandIn({
  id: 'digitalocean',
  paths: ['/v2/account'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, {
      account: { uuid: 'b6fr89dbf6d9156cace5f3c78dc9851d957381ef', email: 'sammy@example.com', status: 'active' },
    }),
    restricted: jsonAnswer(403, { id: 'Forbidden', message: 'You are not authorized to perform this operation' }),
    revoked: jsonAnswer(401, { id: 'Unauthorized', message: 'Unable to authenticate you' }),
  },
  stranger: 'revoked',
});
