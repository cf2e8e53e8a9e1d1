import { ANSWERS_NOT_COMPARED, active, field, inactive, postJson, reveal, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { BASE64URL, keyworded, run, shaped } from '../token-shape.ts';

const DOCS = 'https://mailchimp.com/developer/transactional';

export const mandrill = {
  id: 'mandrill',
  label: 'Mandrill',
  family: 'api-key',
  docs: `${DOCS}/guides/quick-start/`,
  revoke: 'https://mandrillapp.com/settings',
  formats: [
    shaped({ id: 'mandrill.api-key', shape: ['md-', run(BASE64URL, 22)], variable: 'MANDRILL_API_KEY' }),
    keyworded({
      id: 'mandrill.old-api-key',
      keywords: ['mandrill'],
      shape: [run(BASE64URL, 22)],
      variable: 'MANDRILL_API_KEY',
      accepts: isMixed,
    }),
  ],
  probe: {
    hosts: ['mandrillapp.com'],
    effect: 'reads',
    effectReason: 'The interface knows nothing but POST; ping2 answers PONG and does nothing else.',
    // Mandrill answers every error with status 500.
    readsAnything: true,
    requests: (parts) => [postJson('https://mandrillapp.com/api/1.0/users/ping2', { key: reveal(parts) })],
    read: verdictTable([
      active('pong', 200, [field('PING', 'PONG!')], `${DOCS}/api/users/ping-2/`),
      inactive('invalid-key', [401, 500], [field('name', 'Invalid_Key')], `${DOCS}/docs/error-glossary/`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;

/** Keys are drawn from both cases and digits: a word of 22 letters is none. */
function isMixed(token: string): boolean {
  return /[a-z]/.test(token) && /[A-Z]/.test(token) && /[0-9]/.test(token);
}
