import { ANSWERS_NOT_COMPARED, active, basicAuth, field, get, inactive, names, reveal, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { LOWER_DIGITS, run, shaped } from '../token-shape.ts';

const DOCS = 'https://docs.readme.com/main';

export const readme = {
  id: 'readme',
  label: 'ReadMe',
  family: 'api-key',
  docs: `${DOCS}/reference/intro/authentication`,
  revoke: 'https://dash.readme.com/',
  formats: [shaped({ id: 'readme.api-key', shape: ['rdme_', run(LOWER_DIGITS, 70)], variable: 'README_API_KEY' })],
  probe: {
    hosts: ['dash.readme.com'],
    effect: 'reads',
    requests: (parts) => [get('https://dash.readme.com/api/v1/', { authorization: basicAuth(reveal(parts), '') })],
    read: verdictTable([
      active('project', 200, [names('name'), names('subdomain')], `${DOCS}/reference/getproject`),
      inactive(
        'key-not-found',
        401,
        [field('error', 'APIKEY_NOTFOUND', 'APIKEY_EMPTY', 'APIKEY_MISMATCH')],
        `${DOCS}/reference/errors`,
      ),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
