import { active, authorized, field, inactive, names, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, run, shaped } from '../token-shape.ts';

const DOCS = 'https://lichess.org/api';

export const lichess = {
  id: 'lichess',
  label: 'Lichess',
  family: 'token',
  docs: DOCS,
  revoke: 'https://lichess.org/account/oauth/token',
  formats: [shaped({ id: 'lichess.personal-token', shape: ['lip_', run(ALNUM, 20)], variable: 'LICHESS_TOKEN' })],
  probe: {
    hosts: ['lichess.org'],
    effect: 'reads',
    requests: authorized('https://lichess.org/api/account'),
    read: verdictTable([
      active('account', 200, [names('id'), names('username')], `${DOCS}#tag/Account/operation/accountMe`),
      inactive(
        'no-such-token',
        401,
        [field('error', 'No such token')],
        'https://github.com/lichess-org/lila/blob/master/modules/oauth/src/main/OAuthServer.scala',
      ),
    ]),
  },
} as const satisfies Service;
