import type { Service } from '../service.ts';
import { BASE64URL, run, shaped } from '../token-shape.ts';

export const planetscale = {
  id: 'planetscale',
  label: 'PlanetScale',
  family: 'token',
  docs: 'https://planetscale.com/docs/api/reference/service-tokens',
  revoke: 'https://app.planetscale.com/',
  formats: [
    shaped({
      id: 'planetscale.service-token',
      shape: ['pscale_tkn_', run(BASE64URL, 43)],
      variable: 'PLANETSCALE_SERVICE_TOKEN',
    }),
    shaped({
      id: 'planetscale.password',
      family: 'credentials',
      shape: ['pscale_pw_', run(BASE64URL, 43)],
      variable: 'DATABASE_PASSWORD',
    }),
  ],
  noProbe: 'the token opens nothing without its id, which has no form of its own, and a password opens a database',
} as const satisfies Service;
