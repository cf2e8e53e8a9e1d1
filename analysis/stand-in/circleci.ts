import { alone, headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const circleci = headerStandIn({
  id: 'circleci',
  paths: ['/api/v2/me'],
  token: alone('circle-token'),
  answers: {
    active: jsonAnswer(200, { id: '497f6eca-6276-4993-bfeb-53cbbbba6f08', login: 'demo', name: 'Demo' }),
    revoked: jsonAnswer(401, { message: 'Invalid token provided.' }),
  },
  stranger: 'revoked',
});
