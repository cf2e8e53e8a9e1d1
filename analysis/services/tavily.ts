import type { Service } from '../service.ts';
import { BASE64URL, run, shaped } from '../token-shape.ts';

export const tavily = {
  id: 'tavily',
  label: 'Tavily',
  family: 'api-key',
  docs: 'https://docs.tavily.com/documentation/quickstart',
  revoke: 'https://app.tavily.com/home',
  formats: [shaped({ id: 'tavily.api-key', shape: ['tvly-', run(BASE64URL, 32, 48)], variable: 'TAVILY_API_KEY' })],
  noProbe: 'every question is a search that the owner pays for',
} as const satisfies Service;
