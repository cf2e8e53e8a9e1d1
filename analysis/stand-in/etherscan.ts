import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

const usage = { creditsUsed: 22, creditsAvailable: 99_978, creditLimit: 100_000, limitInterval: 'daily' };

export const etherscan = headerStandIn({
  id: 'etherscan',
  paths: ['/v2/api'],
  token: ({ query }) => (query.get('module') === 'getapilimit' ? query.get('apikey') : null),
  answers: {
    active: jsonAnswer(200, { status: '1', message: 'OK', result: { ...usage, intervalExpiryTimespan: '08:42:34' } }),
    'undecided:busy': jsonAnswer(200, { status: '0', message: 'NOTOK', result: 'Max calls per sec rate limit reached (3/sec)' }),
    revoked: jsonAnswer(200, { status: '0', message: 'NOTOK', result: 'Invalid API Key (#err2)|GETAPILIMIT2-' }),
  },
  stranger: 'revoked',
});
