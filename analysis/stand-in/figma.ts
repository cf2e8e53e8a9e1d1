import { alone, headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const figma = headerStandIn({
  id: 'figma',
  paths: ['/v1/me'],
  token: alone('x-figma-token'),
  answers: {
    active: jsonAnswer(200, { id: '1234567890', email: 'demo@example.com', handle: 'demo', img_url: '' }),
    restricted: jsonAnswer(403, {
      status: 403,
      err: 'Invalid scope(s): file_content:read. This endpoint requires the current_user:read scope',
    }),
    revoked: jsonAnswer(403, { status: 403, err: 'Invalid token' }),
    expired: jsonAnswer(403, { status: 403, err: 'Token expired' }),
    'undecided:forbidden': jsonAnswer(403, { status: 403, err: 'Forbidden' }),
  },
  stranger: 'revoked',
});
