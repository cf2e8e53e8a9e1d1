import { is, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

const HOMES: Readonly<Record<string, string>> = {
  'active:eu': 'eu.api.smith.langchain.com',
  'active:apac': 'apac.api.smith.langchain.com',
  'active:aws': 'aws.api.smith.langchain.com',
};

export const langsmith: ServiceStandIn = {
  id: 'langsmith',
  answers: ['active', 'active:eu', 'active:apac', 'active:aws', 'revoked', 'undecided:forbidden'],
  answer(request, lookup) {
    if (!is(request, 'GET', '/api/v1/workspaces')) return null;
    const known = lookup(request.headers['x-api-key'] ?? '');
    const isHome = known?.parts === null || (HOMES[known?.answer ?? ''] ?? 'api.smith.langchain.com') === request.host;
    if (known === null || known.answer === 'revoked' || !isHome) return jsonAnswer(401, { detail: 'Invalid token' });
    if (known.answer === 'undecided:forbidden') return jsonAnswer(403, { detail: 'Forbidden' });
    return jsonAnswer(200, [{ id: '3fa85f64-5717-4562-b3fc-2c963f66afa6', display_name: 'Demo' }]);
  },
};
