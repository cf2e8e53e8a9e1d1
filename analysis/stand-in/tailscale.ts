import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const tailscale = headerStandIn({
  id: 'tailscale',
  paths: ['/api/v2/tailnet/-/devices'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { devices: [] }),
    restricted: jsonAnswer(403, { message: 'calling actor does not have enough permissions to perform this function' }),
    revoked: jsonAnswer(401, { message: 'API token invalid' }),
  },
  stranger: 'revoked',
});
