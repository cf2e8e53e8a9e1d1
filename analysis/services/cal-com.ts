import { ANSWERS_NOT_COMPARED, active, authorized, field, inactive, names, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { HEX, run, shaped } from '../token-shape.ts';

const DOCS = 'https://cal.com/docs/api-reference';

export const calCom = {
  id: 'cal-com',
  label: 'Cal.com',
  family: 'api-key',
  docs: `${DOCS}/v2/introduction`,
  revoke: 'https://app.cal.com/settings/developer/api-keys',
  formats: [shaped({ id: 'cal-com.api-key', shape: [['cal_live_', 'cal_test_'], run(HEX, 32)], variable: 'CAL_API_KEY' })],
  probe: {
    hosts: ['api.cal.com'],
    effect: 'reads',
    requests: authorized('https://api.cal.com/v2/me'),
    read: verdictTable([
      active('me', 200, [field('status', 'success'), names('data.id')], `${DOCS}/v2/me/get-my-profile`),
      inactive(
        'unauthorized',
        401,
        [field('error.code', 'UnauthorizedException', 'TokenExpiredException')],
        `${DOCS}/v2/introduction`,
      ),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
