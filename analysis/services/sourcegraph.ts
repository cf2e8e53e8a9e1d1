import type { Service } from '../service.ts';
import { HEX, run, shaped } from '../token-shape.ts';

export const sourcegraph = {
  id: 'sourcegraph',
  label: 'Sourcegraph',
  family: 'token',
  docs: 'https://sourcegraph.com/docs/cli/how-tos/creating_an_access_token',
  revoke: 'https://sourcegraph.com/user/settings/tokens',
  formats: [
    shaped({ id: 'sourcegraph.access-token', shape: ['sgp_', run(HEX, 16), '_', run(HEX, 40)], variable: 'SRC_ACCESS_TOKEN' }),
    shaped({ id: 'sourcegraph.old-access-token', shape: ['sgp_', run(HEX, 40)], variable: 'SRC_ACCESS_TOKEN' }),
  ],
  noProbe: 'the token is good for one server alone, whose address does not stand in it',
} as const satisfies Service;
