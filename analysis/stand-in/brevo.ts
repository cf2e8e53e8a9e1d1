import { alone, headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const brevo = headerStandIn({
  id: 'brevo',
  paths: ['/v3/account'],
  token: alone('api-key'),
  answers: {
    active: jsonAnswer(200, { email: 'demo@example.com', companyName: 'Demo', plan: [] }),
    restricted: jsonAnswer(401, {
      message: 'We have detected you are using an unrecognised IP address 192.0.2.1.',
      code: 'unauthorized',
    }),
    revoked: jsonAnswer(401, { message: 'Key not found', code: 'unauthorized' }),
  },
  stranger: 'revoked',
});
