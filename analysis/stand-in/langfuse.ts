import { basic, is, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

const HOMES: Readonly<Record<string, string>> = {
  active: 'cloud.langfuse.com',
  'active:us': 'us.cloud.langfuse.com',
  'active:japan': 'jp.cloud.langfuse.com',
  'active:hipaa': 'hipaa.cloud.langfuse.com',
};

export const langfuse: ServiceStandIn = {
  id: 'langfuse',
  answers: ['active', 'active:us', 'active:japan', 'active:hipaa', 'revoked'],
  answer(request, lookup) {
    if (!is(request, 'GET', '/api/public/projects')) return null;
    const credentials = basic(request);
    const known = credentials === null ? null : lookup(credentials.user, credentials.password);
    const isHome = known?.parts === null || HOMES[known?.answer ?? ''] === request.host;
    if (known === null || known.answer === 'revoked' || !isHome) {
      return jsonAnswer(401, {
        error: 'UnauthorizedError',
        message: `${known?.answer === 'revoked' ? 'Invalid credentials' : 'Invalid public key'}. Confirm that you've configured the correct host.`,
      });
    }
    return jsonAnswer(200, { data: [{ id: 'clp1', name: 'demo', metadata: {} }] });
  },
};
