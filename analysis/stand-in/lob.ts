import { headerStandIn } from './engine/header-stand-in.ts';
import { basic, jsonAnswer } from './engine/wire.ts';

export const lob = headerStandIn({
  id: 'lob',
  paths: ['/v1/addresses'],
  token: (request) => basic(request)?.user ?? null,
  answers: {
    active: jsonAnswer(200, { object: 'list', count: 0, data: [] }),
    restricted: jsonAnswer(403, { error: { status_code: 403, code: 'forbidden', message: 'Not allowed' } }),
    revoked: jsonAnswer(401, { error: { status_code: 401, code: 'invalid_api_key', message: 'Your API key is not valid.' } }),
  },
  stranger: 'revoked',
});
