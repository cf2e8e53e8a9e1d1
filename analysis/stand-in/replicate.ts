import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const replicate = headerStandIn({
  id: 'replicate',
  paths: ['/v1/account'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, {
      type: 'organization',
      username: 'acme',
      name: 'Acme Corp, Inc.',
      github_url: 'https://github.com/acme',
    }),
    revoked: jsonAnswer(401, { title: 'Unauthenticated', detail: 'You did not pass a valid authentication token', status: 401 }),
  },
  stranger: 'revoked',
});
