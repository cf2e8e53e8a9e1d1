import { ANSWERS_NOT_COMPARED, active, basicAuth, field, get, inactive, names, reveal, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { alphabet, DIGITS, HEX, run, shaped } from '../token-shape.ts';

const DOCS = 'https://mailchimp.com/developer/marketing';

export const mailchimp = {
  id: 'mailchimp',
  label: 'Mailchimp',
  family: 'api-key',
  docs: `${DOCS}/guides/quick-start/`,
  revoke: 'https://mailchimp.com/help/about-api-keys/',
  formats: [
    shaped({
      id: 'mailchimp.api-key',
      shape: [run(HEX, 32), '-us', run(alphabet('1-9'), 1), run(DIGITS, 0, 1)],
      variable: 'MAILCHIMP_API_KEY',
    }),
  ],
  probe: {
    hosts: ['*.api.mailchimp.com'],
    effect: 'reads',
    requests(parts) {
      const token = reveal(parts);
      // The end of the key tells the data centre; the format lets nothing but `us` and two digits get here.
      const centre = token.slice(token.lastIndexOf('-') + 1);
      return [get(`https://${centre}.api.mailchimp.com/3.0/ping`, { authorization: basicAuth('key', token) })];
    },
    read: verdictTable([
      active('ping', 200, [names('health_status')], `${DOCS}/api/ping/ping/`),
      inactive('api-key-invalid', 401, [field('title', 'API Key Invalid')], `${DOCS}/docs/errors/`),
      inactive('user-disabled', 403, [field('title', 'User Disabled')], `${DOCS}/docs/errors/`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
