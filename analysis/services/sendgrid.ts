import { ANSWERS_NOT_COMPARED, active, get, inactive, lists, restricted, reveal, saysAt, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { BASE64URL, run, shaped } from '../token-shape.ts';

const DOCS = 'https://www.twilio.com/docs/sendgrid';
/** Keys of the European region are unknown to the global one, and the other way round. */
const HOSTS = ['api.sendgrid.com', 'api.eu.sendgrid.com'] as const;

export const sendgrid = {
  id: 'sendgrid',
  label: 'SendGrid',
  family: 'api-key',
  docs: `${DOCS}/ui/account-and-settings/api-keys`,
  revoke: 'https://app.sendgrid.com/settings/api_keys',
  formats: [
    shaped({
      id: 'sendgrid.api-key',
      shape: ['SG.', run(BASE64URL, 22), '.', run(BASE64URL, 43)],
      variable: 'SENDGRID_API_KEY',
    }),
  ],
  probe: {
    hosts: HOSTS,
    effect: 'reads',
    requests: (parts) => HOSTS.map((host) => get(`https://${host}/v3/scopes`, { authorization: `Bearer ${reveal(parts)}` })),
    read: verdictTable([
      active('scopes', 200, [lists('scopes')], `${DOCS}/api-reference/api-key-permissions`),
      restricted(
        'forbidden',
        403,
        [saysAt('errors.0.message', /^access forbidden|not (?:allowed|permitted|whitelisted)/i)],
        `${DOCS}/api-reference/how-to-use-the-sendgrid-v3-api/errors`,
      ),
      inactive(
        'invalid-grant',
        401,
        [saysAt('errors.0.message', /authorization grant is invalid, expired,? or revoked/i)],
        `${DOCS}/api-reference/how-to-use-the-sendgrid-v3-api/authentication`,
      ),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the wording of the refusal for an address that the account does not allow'],
} as const satisfies Service;
