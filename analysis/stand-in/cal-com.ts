import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const calCom = headerStandIn({
  id: 'cal-com',
  paths: ['/v2/me'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { status: 'success', data: { id: 1, username: 'demo', email: 'demo@example.com' } }),
    revoked: jsonAnswer(401, {
      status: 'error',
      error: { code: 'UnauthorizedException', message: 'ApiAuthStrategy - api key - Your api key is not valid' },
    }),
    expired: jsonAnswer(401, {
      status: 'error',
      error: { code: 'UnauthorizedException', message: 'ApiAuthStrategy - api key - Your api key is expired' },
    }),
    // The same code for a fault of the server.
    'undecided:license': jsonAnswer(401, {
      status: 'error',
      error: { code: 'UnauthorizedException', message: 'Invalid or missing CALCOM_LICENSE_KEY environment variable' },
    }),
  },
  stranger: 'revoked',
});
