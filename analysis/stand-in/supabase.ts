import { makeProjectKey } from '../services/supabase.ts';
import { authorization, is, jsonAnswer } from './engine/wire.ts';
import type { OfflinePlant, ServiceStandIn } from './service-stand-in.ts';

export const supabase: ServiceStandIn = {
  id: 'supabase',
  answers: ['active', 'revoked'],
  answer(request, lookup) {
    const isProject = request.host.endsWith('.supabase.co');
    if (!is(request, 'GET', isProject ? '/rest/v1/' : '/v1/projects')) return null;
    const token = authorization(request, 'Bearer') ?? '';
    if (isProject && request.headers['apikey'] !== token) return jsonAnswer(401, { message: 'No API key found in request' });
    if (lookup(token)?.answer !== 'active') {
      if (isProject)
        return jsonAnswer(401, {
          message: 'Invalid API key',
          hint: 'Double check your Supabase `anon` or `service_role` API key.',
        });
      return jsonAnswer(401, { message: 'Unauthorized' });
    }
    if (isProject) return jsonAnswer(200, { swagger: '2.0', info: { title: 'standard public schema' }, paths: {} });
    return jsonAnswer(200, [{ id: 'abcdefghijklmnopqrst', name: 'demo', region: 'eu-central-1', status: 'ACTIVE_HEALTHY' }]);
  },
  offline(verdict, random, now) {
    const seconds = Math.floor(now.getTime() / 1000);
    if (verdict === 'public-by-design') return plant(makeProjectKey(random, 'anon'));
    if (verdict === 'inactive') return plant(makeProjectKey(random, 'service_role', { exp: seconds - 60 }));
    return null;
  },
};

function plant(token: string): OfflinePlant {
  return { format: 'supabase.project-key', sample: { text: `SUPABASE_KEY=${token}\n`, parts: { token } } };
}
