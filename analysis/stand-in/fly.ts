import { alone, headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const fly = headerStandIn({
  id: 'fly',
  method: 'POST',
  paths: ['/graphql'],
  token: alone('authorization'),
  answers: {
    active: jsonAnswer(200, { data: { viewer: { __typename: 'Macaroon', email: 'demo@tokens.fly.io' } } }),
    revoked: jsonAnswer(200, {
      data: null,
      errors: [{ message: 'You must be authenticated to view this.', path: ['viewer'], extensions: { code: 'UNAUTHORIZED' } }],
    }),
    'inactive:status': jsonAnswer(401, { errors: [{ message: 'Not authenticated' }] }),
  },
  stranger: 'revoked',
});
