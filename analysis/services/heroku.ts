import { ANSWERS_NOT_COMPARED, active, authorized, field, inactive, names, restricted, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { BASE64URL, keyworded, run, shaped, UUID } from '../token-shape.ts';

const DOCS = 'https://devcenter.heroku.com/articles';

export const heroku = {
  id: 'heroku',
  label: 'Heroku',
  family: 'token',
  docs: `${DOCS}/authentication`,
  revoke: 'https://dashboard.heroku.com/account/applications',
  formats: [
    shaped({ id: 'heroku.api-key', shape: ['HRKU-', run(BASE64URL, 60)], variable: 'HEROKU_API_KEY' }),
    keyworded({
      id: 'heroku.old-api-key',
      keywords: ['heroku_api', 'heroku_token', 'heroku_key', 'herokuapikey', 'heroku-api'],
      shape: UUID,
      variable: 'HEROKU_API_KEY',
    }),
  ],
  probe: {
    hosts: ['api.heroku.com'],
    effect: 'reads',
    requests: authorized('https://api.heroku.com/account', 'Bearer', { accept: 'application/vnd.heroku+json; version=3' }),
    read: verdictTable([
      active('account', 200, [names('id'), names('email')], `${DOCS}/platform-api-reference#account-info`),
      restricted(
        'forbidden',
        403,
        [field('id', 'forbidden', 'suspended', 'two_factor')],
        `${DOCS}/platform-api-reference#errors`,
      ),
      inactive('unauthorized', 401, [field('id', 'unauthorized')], `${DOCS}/platform-api-reference#errors`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
