import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const firecrawl = headerStandIn({
  id: 'firecrawl',
  paths: ['/v1/team/credit-usage'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { success: true, data: { remaining_credits: 1000 } }),
    revoked: jsonAnswer(401, { error: 'Unauthorized: Invalid token' }),
  },
  stranger: 'revoked',
});
