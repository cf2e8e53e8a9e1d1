import {
  ANSWERS_NOT_COMPARED,
  active,
  field,
  get,
  inactive,
  lists,
  names,
  restricted,
  reveal,
  verdictTable,
} from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, LOWER_DIGITS, run, shaped } from '../token-shape.ts';

const DOCS = 'https://developer.paddle.com/api-reference';

export const paddle = {
  id: 'paddle',
  label: 'Paddle',
  family: 'api-key',
  docs: `${DOCS}/about/api-keys`,
  revoke: 'https://vendors.paddle.com/authentication-v2',
  formats: [
    shaped({
      id: 'paddle.api-key',
      shape: ['pdl_live_apikey_', run(LOWER_DIGITS, 26), '_', run(ALNUM, 22), '_', run(ALNUM, 3)],
      variable: 'PADDLE_API_KEY',
    }),
    shaped({
      id: 'paddle.sandbox-api-key',
      shape: ['pdl_sdbx_apikey_', run(LOWER_DIGITS, 26), '_', run(ALNUM, 22), '_', run(ALNUM, 3)],
      variable: 'PADDLE_API_KEY',
    }),
  ],
  probe: {
    hosts: ['api.paddle.com', 'sandbox-api.paddle.com'],
    effect: 'reads',
    requests: (parts) => {
      const token = reveal(parts);
      const host = token.startsWith('pdl_sdbx_') ? 'sandbox-api.paddle.com' : 'api.paddle.com';
      return [get(`https://${host}/event-types`, { authorization: `Bearer ${token}` })];
    },
    read: verdictTable([
      active('event-types', 200, [lists('data'), names('meta.request_id')], `${DOCS}/event-types/list-event-types`),
      restricted('forbidden', 403, [field('error.code', 'forbidden')], `${DOCS}/about/errors`),
      inactive(
        'invalid-token',
        [401, 403],
        [field('error.code', 'invalid_token', 'authentication_malformed')],
        `${DOCS}/about/errors`,
      ),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
