import type { Service } from '../service.ts';
import { keyworded, UUID } from '../token-shape.ts';

export const railway = {
  id: 'railway',
  label: 'Railway',
  family: 'token',
  docs: 'https://docs.railway.com/integrations/api',
  revoke: 'https://railway.com/account/tokens',
  formats: [
    keyworded({
      id: 'railway.token',
      keywords: ['railway_token', 'railway_api_token', 'railway_project_token', 'railwaytoken'],
      shape: UUID,
      variable: 'RAILWAY_TOKEN',
    }),
  ],
  noProbe:
    'tokens of accounts, workspaces and projects are asked about in different ways and look the same, so a refusal decides nothing',
} as const satisfies Service;
