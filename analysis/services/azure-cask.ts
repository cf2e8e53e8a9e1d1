import type { Service } from '../service.ts';
import { ALNUM, alphabet, LETTERS, run, shaped } from '../token-shape.ts';

const UPPER = alphabet('A-Z');
/** The month of the year, as a letter. */
const MONTHS = alphabet('A-L');

export const azureCask = {
  id: 'azure-cask',
  label: 'Azure (annotated keys)',
  family: 'api-key',
  docs: 'https://github.com/microsoft/security-utilities',
  revoke: 'https://portal.azure.com/',
  formats: [
    // Storage, Search, OpenAI, Event Grid and others; those of Azure DevOps are asked about as such.
    shaped({
      id: 'azure-cask.key',
      shape: [
        run(ALNUM, 52),
        'JQQJ9',
        ['9', 'D', 'H'],
        run(UPPER, 1),
        run(MONTHS, 1),
        run(ALNUM, 16),
        run(LETTERS, 1),
        run(ALNUM, 7),
      ],
      variable: 'AZURE_SEARCH_KEY',
      accepts: (token) => token.slice(76, 80) !== 'AZDO',
    }),
  ],
  noProbe: 'a key is good for one resource alone, whose address does not stand in it',
  unconfirmed: ['the form, which is that of the provider’s own scanner; its checksum is not verified'],
} as const satisfies Service;
