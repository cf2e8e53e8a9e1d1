import {
  ANSWERS_NOT_COMPARED,
  active,
  authorized,
  field,
  inactive,
  names,
  restricted,
  saysAt,
  verdictTable,
} from '../service-kit.ts';
import type { Service } from '../service.ts';
import { HEX, run, shaped } from '../token-shape.ts';

const DOCS = 'https://developers.mailersend.com';

export const mailersend = {
  id: 'mailersend',
  label: 'MailerSend',
  family: 'token',
  docs: `${DOCS}/general.html#authentication`,
  revoke: 'https://app.mailersend.com/api-tokens',
  formats: [shaped({ id: 'mailersend.api-token', shape: ['mlsn.', run(HEX, 64)], variable: 'MAILERSEND_API_KEY' })],
  probe: {
    hosts: ['api.mailersend.com'],
    effect: 'reads',
    requests: authorized('https://api.mailersend.com/v1/api-quota'),
    read: verdictTable([
      active('quota', 200, [names('quota')], `${DOCS}/api/v1/features.html#get-api-quota`),
      restricted('scope', 403, [saysAt('message', /^This action is unauthorized|does not have access/i)], `${DOCS}/general.html`),
      inactive('unauthenticated', 401, [field('message', 'Unauthenticated.')], `${DOCS}/general.html`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
