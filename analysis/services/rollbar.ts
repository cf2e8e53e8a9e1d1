import {
  ANSWERS_NOT_COMPARED,
  active,
  field,
  inactive,
  inHeader,
  lists,
  restricted,
  saysAt,
  verdictTable,
} from '../service-kit.ts';
import type { Service } from '../service.ts';
import { HEX, keyworded, run } from '../token-shape.ts';

const DOCS = 'https://docs.rollbar.com';

export const rollbar = {
  id: 'rollbar',
  label: 'Rollbar',
  family: 'token',
  docs: `${DOCS}/docs/access-tokens`,
  revoke: 'https://app.rollbar.com/settings/accounts/',
  formats: [
    keyworded({ id: 'rollbar.access-token', keywords: ['rollbar'], shape: [run(HEX, 32)], variable: 'ROLLBAR_ACCESS_TOKEN' }),
  ],
  probe: {
    hosts: ['api.rollbar.com'],
    effect: 'reads',
    requests: inHeader('https://api.rollbar.com/api/1/projects', 'x-rollbar-access-token'),
    read: verdictTable([
      active('projects', 200, [field('err', 0), lists('result')], `${DOCS}/reference/list-all-projects`),
      restricted(
        'scope',
        403,
        [field('err', 1), saysAt('message', /insufficient privileges|requires .{0,40}scope/i)],
        `${DOCS}/reference/getting-started-1`,
      ),
      inactive(
        'invalid-token',
        [401, 403],
        [field('err', 1), saysAt('message', /invalid access token|access token not found/i)],
        `${DOCS}/reference/getting-started-1`,
      ),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the wording of the refusals'],
} as const satisfies Service;
