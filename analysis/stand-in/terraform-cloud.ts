import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const terraformCloud = headerStandIn({
  id: 'terraform-cloud',
  paths: ['/api/v2/account/details'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { data: { id: 'user-V3R563qtJNcExAkN', type: 'users', attributes: { username: 'admin' } } }),
    'active:eu': jsonAnswer(200, { data: { id: 'user-9bQX3rtjNcExAkNf', type: 'users', attributes: { username: 'admin' } } }),
    revoked: jsonAnswer(401, { errors: [{ status: '401', title: 'unauthorized' }] }),
    'undecided:team': jsonAnswer(404, { errors: [{ status: '404', title: 'not found' }] }),
  },
  stranger: 'revoked',
  homes: { 'active:eu': 'app.eu.terraform.io' },
});
