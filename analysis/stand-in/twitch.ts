import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const twitch = headerStandIn({
  id: 'twitch',
  paths: ['/oauth2/validate'],
  token: 'OAuth',
  answers: {
    active: jsonAnswer(200, {
      client_id: 'wbmytr93xzw8zbg0p1izqyzzc5mbiz',
      login: 'demo',
      scopes: [],
      user_id: '1',
      expires_in: 5520838,
    }),
    revoked: jsonAnswer(401, { status: 401, message: 'invalid access token' }),
  },
  stranger: 'revoked',
});
