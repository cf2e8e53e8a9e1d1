import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const deepseek = headerStandIn({
  id: 'deepseek',
  paths: ['/user/balance'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { is_available: false, balance_infos: [{ currency: 'CNY', total_balance: '0.00' }] }),
    revoked: jsonAnswer(401, {
      error: {
        message: 'Authentication Fails, Your api key: ****aaaa is invalid',
        type: 'authentication_error',
        param: null,
        code: 'invalid_request_error',
      },
    }),
  },
  stranger: 'revoked',
});
