import {
  ANSWERS_NOT_COMPARED,
  active,
  basicAuth,
  field,
  get,
  inactive,
  lists,
  restricted,
  reveal,
  verdictTable,
} from '../service-kit.ts';
import type { Service } from '../service.ts';
import { HEX, run, shaped } from '../token-shape.ts';

const DOCS = 'https://docs.lob.com';

export const lob = {
  id: 'lob',
  label: 'Lob',
  family: 'api-key',
  docs: DOCS,
  revoke: 'https://dashboard.lob.com/settings/api-keys',
  formats: [shaped({ id: 'lob.api-key', shape: [['live_', 'test_'], run(HEX, 35)], variable: 'LOB_API_KEY' })],
  probe: {
    hosts: ['api.lob.com'],
    effect: 'reads',
    requests: (parts) => [get('https://api.lob.com/v1/addresses?limit=1', { authorization: basicAuth(reveal(parts), '') })],
    read: verdictTable([
      active('addresses', 200, [field('object', 'list'), lists('data')], `${DOCS}/#tag/Addresses`),
      restricted('forbidden', 403, [field('error.code', 'forbidden')], `${DOCS}/#tag/Errors`),
      inactive('invalid-api-key', 401, [field('error.code', 'invalid_api_key', 'unauthorized')], `${DOCS}/#tag/Errors`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
