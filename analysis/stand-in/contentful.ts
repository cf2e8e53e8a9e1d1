import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const contentful = headerStandIn({
  id: 'contentful',
  paths: ['/users/me'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { sys: { type: 'User', id: '7BslKh9TdKGOK41VmLDjFZ' }, email: 'demo@example.com' }),
    'active:eu': jsonAnswer(200, { sys: { type: 'User', id: '7BslKh9TdKGOK41VmLDjFY' }, email: 'demo@example.com' }),
    'inactive:forbidden': jsonAnswer(403, { sys: { type: 'Error', id: 'AccessTokenInvalid' }, requestId: '2' }),
    revoked: jsonAnswer(401, {
      sys: { type: 'Error', id: 'AccessTokenInvalid' },
      message: 'The access token you sent could not be found or is invalid.',
      requestId: '1',
    }),
  },
  stranger: 'revoked',
  homes: { 'active:eu': 'api.eu.contentful.com' },
});
