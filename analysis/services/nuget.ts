import type { Service } from '../service.ts';
import { keyworded, LOWER_DIGITS, run, shaped, UUID } from '../token-shape.ts';

export const nuget = {
  id: 'nuget',
  label: 'NuGet',
  family: 'api-key',
  docs: 'https://learn.microsoft.com/nuget/nuget-org/publish-a-package#create-an-api-key',
  revoke: 'https://www.nuget.org/account/apikeys',
  formats: [
    shaped({ id: 'nuget.api-key', shape: ['oy2', run(LOWER_DIGITS, 43)], variable: 'NUGET_API_KEY' }),
    keyworded({
      id: 'nuget.old-api-key',
      keywords: ['nuget_api_key', 'nugetapikey', 'nuget_key'],
      shape: UUID,
      variable: 'NUGET_API_KEY',
    }),
  ],
  noProbe: 'nuget.org takes API keys for pushing and unlisting alone; the one other address that takes them makes a new key',
} as const satisfies Service;
