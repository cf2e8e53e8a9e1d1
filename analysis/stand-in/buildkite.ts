import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const buildkite = headerStandIn({
  id: 'buildkite',
  paths: ['/v2/access-token'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { uuid: 'b63254c0-3271-4a98-8270-7cfbd6c2f14e', scopes: ['read_build'] }),
    revoked: jsonAnswer(401, {
      message:
        'Authentication required. Please supply a valid API Access Token: https://buildkite.com/docs/apis/rest-api#authentication',
    }),
  },
  stranger: 'revoked',
});
