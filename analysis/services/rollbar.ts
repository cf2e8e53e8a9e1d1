import {
  ANSWERS_NOT_COMPARED,
  active,
  field,
  get,
  inactive,
  lists,
  publicByDesign,
  restricted,
  reveal,
  saysAt,
  verdictTable,
} from '../service-kit.ts';
import type { Service } from '../service.ts';
import { HEX, keyworded, run } from '../token-shape.ts';

const DOCS = 'https://docs.rollbar.com';
/** Answers that people reported. */
const SEEN =
  'https://github.com/rollbar/rollbar.js/issues/322 and https://github.com/jonnerd154/StargateProject-software/issues/103';

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
    // Tokens of accounts and of projects look the same, and each opens addresses of its own.
    requests: (parts) =>
      ['projects', 'environments'].map((path) =>
        get(`https://api.rollbar.com/api/1/${path}`, { 'x-rollbar-access-token': reveal(parts) }),
      ),
    read: verdictTable([
      active('projects', 200, [field('err', 0), lists('result')], `${DOCS}/reference/list-all-projects`),
      active('environments', 200, [field('err', 0), lists('result.environments')], `${DOCS}/reference/list-all-environments`),
      // Made to report what goes wrong in browsers, and sent to each of them.
      publicByDesign(
        'reports-of-browsers',
        403,
        [field('err', 1), saysAt('message', /^insufficient privileges: .{0,60} only has post_client_item\b/)],
        SEEN,
      ),
      restricted(
        'scope',
        403,
        [field('err', 1), saysAt('message', /^insufficient privileges: \w{1,30} scope is required/)],
        SEEN,
      ),
      inactive('disabled', 403, [field('err', 1), saysAt('message', /access token is disabled/i)], SEEN),
      inactive(
        'invalid-token',
        [401, 403],
        [field('err', 1), saysAt('message', /invalid access token|access token not found/i)],
        `${DOCS}/reference/getting-started-1, and https://github.com/rollbar/rollbar-php/issues/421`,
      ),
    ]),
  },
  unconfirmed: [
    ANSWERS_NOT_COMPARED,
    'the answer to a token of a project that asks for those of an account, and the other way round',
  ],
} as const satisfies Service;
