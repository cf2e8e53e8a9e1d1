import { headerStandIn } from './engine/header-stand-in.ts';
import { basic, jsonAnswer } from './engine/wire.ts';

export const readme = headerStandIn({
  id: 'readme',
  paths: ['/api/v1/'],
  token: (request) => basic(request)?.user ?? null,
  answers: {
    active: jsonAnswer(200, { name: 'Demo', subdomain: 'demo', plan: 'free' }),
    revoked: jsonAnswer(401, { error: 'APIKEY_NOTFOUND', message: 'We could not find your API key.' }),
  },
  stranger: 'revoked',
});
