import type { Service } from '../service.ts';
import { LOWER_DIGITS, run, shaped } from '../token-shape.ts';

export const rapidapi = {
  id: 'rapidapi',
  label: 'RapidAPI',
  family: 'api-key',
  docs: 'https://docs.rapidapi.com/docs/keys',
  revoke: 'https://rapidapi.com/developer/apps',
  formats: [
    shaped({
      id: 'rapidapi.key',
      shape: [run(LOWER_DIGITS, 10), 'msh', run(LOWER_DIGITS, 14, 15), 'p1', run(LOWER_DIGITS, 6), 'jsn', run(LOWER_DIGITS, 12)],
      variable: 'RAPIDAPI_KEY',
    }),
  ],
  noProbe: 'every question is a call to an interface of somebody else, on the account of the owner',
  unconfirmed: ['the form: it is read off keys in public code'],
} as const satisfies Service;
