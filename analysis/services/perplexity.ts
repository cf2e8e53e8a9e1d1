import type { Service } from '../service.ts';
import { ALNUM, run, shaped } from '../token-shape.ts';

export const perplexity = {
  id: 'perplexity',
  label: 'Perplexity',
  family: 'api-key',
  docs: 'https://docs.perplexity.ai/getting-started/quickstart',
  revoke: 'https://www.perplexity.ai/account/api/keys',
  formats: [shaped({ id: 'perplexity.api-key', shape: ['pplx-', run(ALNUM, 48)], variable: 'PERPLEXITY_API_KEY' })],
  noProbe: 'every question is an answer that the owner pays for',
} as const satisfies Service;
