import { ANSWERS_NOT_COMPARED, active, authorized, inactive, names, saysAt, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, alphabet, keyworded, run } from '../token-shape.ts';

const DOCS = 'https://aiven.io/docs';

export const aiven = {
  id: 'aiven',
  label: 'Aiven',
  family: 'token',
  docs: `${DOCS}/platform/concepts/authentication-tokens`,
  revoke: 'https://console.aiven.io/profile/tokens',
  formats: [
    keyworded({
      id: 'aiven.token',
      keywords: ['aiven'],
      shape: [run(alphabet('A-Za-z0-9+/='), 300, 400)],
      variable: 'AIVEN_TOKEN',
      make: (random) => Buffer.from(random.text(230 + random.int(40), ALNUM.letters)).toString('base64'),
      accepts: (token) => /^[A-Za-z0-9+/]+={0,2}$/.test(token),
    }),
  ],
  probe: {
    hosts: ['api.aiven.io'],
    effect: 'reads',
    requests: authorized('https://api.aiven.io/v1/me', 'aivenv1'),
    read: verdictTable([
      active('user', 200, [names('user.user')], 'https://api.aiven.io/doc/#tag/User/operation/UserInfo'),
      inactive(
        'invalid-token',
        [401, 403],
        [saysAt('message', /^(?:Invalid token|Invalid authentication)|authentication token/i)],
        'https://api.aiven.io/doc/',
      ),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the wording of the refusal'],
} as const satisfies Service;
