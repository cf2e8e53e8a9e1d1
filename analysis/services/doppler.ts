import { ANSWERS_NOT_COMPARED, active, authorized, inactive, names, saysAt, verdictTable } from '../service-kit.ts';
import type { Format, Service } from '../service.ts';
import { ALNUM, alphabet, run, shaped } from '../token-shape.ts';

const DOCS = 'https://docs.doppler.com';

function format(kind: string, prefix: string): Format {
  return shaped({ id: `doppler.${kind}`, shape: [prefix, run(ALNUM, 40, 44)], variable: 'DOPPLER_TOKEN' });
}

export const doppler = {
  id: 'doppler',
  label: 'Doppler',
  family: 'token',
  docs: `${DOCS}/reference/api-token-formats`,
  revoke: `${DOCS}/docs/service-tokens`,
  formats: [
    format('personal-token', 'dp.pt.'),
    format('cli-token', 'dp.ct.'),
    format('service-account-token', 'dp.sa.'),
    format('service-token', 'dp.st.'),
    // With the name of the configuration that it opens, as most of them have.
    shaped({
      id: 'doppler.named-service-token',
      shape: ['dp.st.', run(alphabet('a-z0-9_-'), 2, 35), '.', run(ALNUM, 40, 44)],
      variable: 'DOPPLER_TOKEN',
    }),
    format('scim-token', 'dp.scim.'),
    format('audit-token', 'dp.audit.'),
  ],
  probe: {
    hosts: ['api.doppler.com'],
    effect: 'reads',
    requests: authorized('https://api.doppler.com/v3/me'),
    read: verdictTable([
      active('me', 200, [names('type')], `${DOCS}/reference/auth-me`),
      inactive(
        'invalid-token',
        401,
        [saysAt('messages.0', /^(?:Invalid|Expired|Revoked)|could not be found/i)],
        `${DOCS}/reference/api`,
      ),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
