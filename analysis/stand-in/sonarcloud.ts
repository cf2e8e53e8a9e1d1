import { headerStandIn } from './engine/header-stand-in.ts';
import { basic, jsonAnswer } from './engine/wire.ts';

export const sonarcloud = headerStandIn({
  id: 'sonarcloud',
  paths: ['/api/authentication/validate'],
  token: (request) => basic(request)?.user ?? null,
  answers: {
    active: jsonAnswer(200, { valid: true }),
    'active:us': jsonAnswer(200, { valid: true }),
    revoked: jsonAnswer(200, { valid: false }),
    'inactive:status': jsonAnswer(401, { valid: false }),
  },
  stranger: 'revoked',
  homes: { 'active:us': 'sonarqube.us' },
});
