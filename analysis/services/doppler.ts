import { ANSWERS_NOT_COMPARED, active, authorized, inactive, names, saysAt, verdictTable } from '../service-kit.ts';
import type { Format, Service } from '../service.ts';
import { ALNUM, run, shaped } from '../token-shape.ts';

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
    shaped({ id: 'doppler.service-token', shape: ['dp.st.', run(ALNUM, 40, 44)], variable: 'DOPPLER_TOKEN' }),
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
  unconfirmed: [
    ANSWERS_NOT_COMPARED,
    'service tokens that carry the name of their configuration between prefix and secret are not looked for',
  ],
} as const satisfies Service;
