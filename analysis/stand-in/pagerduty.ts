import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const pagerduty = headerStandIn({
  id: 'pagerduty',
  paths: ['/abilities'],
  token: (request) => /^Token token=(.+)$/.exec(request.headers['authorization'] ?? '')?.[1] ?? null,
  answers: {
    active: jsonAnswer(200, { abilities: ['teams'] }),
    'active:eu': jsonAnswer(200, { abilities: ['teams'] }),
    revoked: jsonAnswer(401, { error: 'Unauthorized' }),
  },
  homes: { 'active:eu': 'api.eu.pagerduty.com' },
  stranger: 'revoked',
});
