import { ANSWERS_NOT_COMPARED, active, authorized, inactive, names, saysAt, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { alphabet, DIGITS, keyworded, run } from '../token-shape.ts';

const DOCS = 'https://developers.asana.com/docs';

export const asana = {
  id: 'asana',
  label: 'Asana',
  family: 'token',
  docs: `${DOCS}/personal-access-token`,
  revoke: 'https://app.asana.com/0/my-apps',
  formats: [
    keyworded({
      id: 'asana.personal-access-token',
      keywords: ['asana'],
      shape: [['1/', '2/'], run(DIGITS, 13, 17), ['/', ':'], run(alphabet('a-z0-9:'), 32, 50)],
      variable: 'ASANA_TOKEN',
    }),
  ],
  probe: {
    hosts: ['app.asana.com'],
    effect: 'reads',
    requests: authorized('https://app.asana.com/api/1.0/users/me'),
    read: verdictTable([
      active('user', 200, [names('data.gid')], 'https://developers.asana.com/reference/getuser'),
      inactive(
        'not-authorized',
        401,
        [saysAt('errors.0.message', /^(?:Not Authorized|The bearer token has expired)/)],
        `${DOCS}/errors`,
      ),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the exact form of tokens of the second kind'],
} as const satisfies Service;
