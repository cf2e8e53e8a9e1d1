import { ANSWERS_NOT_COMPARED, active, authorized, field, inactive, names, says, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { BASE64URL, keyworded, run } from '../token-shape.ts';

const DOCS = 'https://developer.travis-ci.com';

export const travisCi = {
  id: 'travis-ci',
  label: 'Travis CI',
  family: 'token',
  docs: `${DOCS}/authentication`,
  revoke: 'https://app.travis-ci.com/account/preferences',
  formats: [
    keyworded({
      id: 'travis-ci.token',
      keywords: ['travis'],
      shape: [run(BASE64URL, 22)],
      variable: 'TRAVIS_TOKEN',
      accepts: (token) => /[a-z]/.test(token) && /[A-Z]/.test(token) && /[0-9]/.test(token),
    }),
  ],
  probe: {
    hosts: ['api.travis-ci.com'],
    effect: 'reads',
    // A refusal is two words that call themselves HTML.
    readsAnything: true,
    requests: authorized('https://api.travis-ci.com/user', 'token', { 'travis-api-version': '3' }),
    read: verdictTable([
      active('user', 200, [field('@type', 'user'), names('login')], `${DOCS}/resource/user`),
      inactive(
        'access-denied',
        403,
        [field('@type', 'error'), field('error_type', 'login_required', 'wrong_credentials')],
        `${DOCS}/resource/error`,
      ),
      inactive('access-denied', [401, 403], [says(/^access denied\s*$/)], 'what the command line of Travis CI reports'),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
