import { alone, headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const fastly = headerStandIn({
  id: 'fastly',
  paths: ['/tokens/self'],
  token: alone('fastly-key'),
  answers: {
    active: jsonAnswer(200, { id: '5Yo3XXnrQpjc20u0ybrf2g', user_id: '4y5K5trZocEAQYkesWlk7M', scope: 'global' }),
    revoked: jsonAnswer(401, { msg: 'Provided credentials are missing or invalid' }),
  },
  stranger: 'revoked',
});
