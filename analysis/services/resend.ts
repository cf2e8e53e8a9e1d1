import { active, authorized, field, inactive, lists, restricted, saysAt, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, run, shaped } from '../token-shape.ts';

const DOCS = 'https://resend.com/docs';

export const resend = {
  id: 'resend',
  label: 'Resend',
  family: 'api-key',
  docs: DOCS,
  revoke: 'https://resend.com/api-keys',
  formats: [shaped({ id: 'resend.api-key', shape: ['re_', run(ALNUM, 8), '_', run(ALNUM, 24)], variable: 'RESEND_API_KEY' })],
  probe: {
    hosts: ['api.resend.com'],
    effect: 'reads',
    requests: authorized('https://api.resend.com/domains'),
    read: verdictTable([
      active('domains', 200, [lists('data')], `${DOCS}/api-reference/domains/list-domains`),
      restricted('sending-only', 401, [field('name', 'restricted_api_key')], `${DOCS}/api-reference/errors`),
      inactive('invalid-api-key', [400, 401, 403], [saysAt('message', /^API key is invalid/)], `${DOCS}/api-reference/errors`),
    ]),
  },
} as const satisfies Service;
