import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const discord = headerStandIn({
  id: 'discord',
  paths: ['/api/v10/users/@me'],
  token: 'Bot',
  answers: {
    active: jsonAnswer(200, { id: '80351110224678912', username: 'demo', discriminator: '1337', bot: true, verified: true }),
    revoked: jsonAnswer(401, { message: '401: Unauthorized', code: 0 }),
    'undecided:missing-access': jsonAnswer(403, { message: 'Missing Access', code: 50001 }),
  },
  stranger: 'revoked',
});
