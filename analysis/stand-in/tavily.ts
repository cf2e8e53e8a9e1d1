import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const tavily = headerStandIn({
  id: 'tavily',
  paths: ['/usage'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, {
      key: { usage: 150, limit: null },
      account: { current_plan: 'Researcher', plan_usage: 150, plan_limit: 1000 },
    }),
    revoked: jsonAnswer(401, { detail: { error: 'Unauthorized: missing or invalid API key.' } }),
  },
  stranger: 'revoked',
});
