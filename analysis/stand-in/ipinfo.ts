import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const ipinfo = headerStandIn({
  id: 'ipinfo',
  paths: ['/me'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { token: '1', requests: { day: 1, month: 1, limit: 50000, remaining: 49999 }, features: {} }),
    revoked: jsonAnswer(403, {
      status: 403,
      error: { title: 'Unknown token', message: 'Please ensure you have entered your token correctly.' },
    }),
  },
  stranger: 'revoked',
});
