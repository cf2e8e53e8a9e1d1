import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const mercadoPago = headerStandIn({
  id: 'mercado-pago',
  paths: ['/users/me'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { id: 123456789, nickname: 'DEMO', site_id: 'MLA' }),
    revoked: jsonAnswer(401, { message: 'invalid access token', error: 'unauthorized', status: 401, cause: [] }),
  },
  stranger: 'revoked',
});
