import { headerStandIn } from './engine/header-stand-in.ts';
import { form, jsonAnswer } from './engine/wire.ts';

export const nvidia = headerStandIn({
  id: 'nvidia',
  method: 'POST',
  paths: ['/v3/keys/get-caller-info'],
  token: (request) => form(request).get('credentials'),
  answers: {
    active: jsonAnswer(200, {
      requestStatus: { statusCode: 'SUCCESS', requestId: '3f1c' },
      type: 'PERSONAL_KEY',
      orgName: 'demo',
      products: [],
    }),
    revoked: jsonAnswer(401, { requestStatus: { statusCode: 'UNAUTHORIZED', statusDescription: 'Invalid API key.' } }),
    'undecided:forbidden': jsonAnswer(403, { requestStatus: { statusCode: 'FORBIDDEN', statusDescription: 'Access denied' } }),
  },
  stranger: 'revoked',
});
