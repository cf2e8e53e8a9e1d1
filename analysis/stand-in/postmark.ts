import { alone, headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const postmark = headerStandIn({
  id: 'postmark',
  paths: ['/server'],
  token: alone('x-postmark-server-token'),
  answers: {
    active: jsonAnswer(200, { ID: 1, Name: 'Demo', Color: 'red' }),
    revoked: jsonAnswer(401, {
      ErrorCode: 10,
      Message: 'The Server Token you provided in the X-Postmark-Server-Token request header was invalid.',
    }),
  },
  stranger: 'revoked',
});
