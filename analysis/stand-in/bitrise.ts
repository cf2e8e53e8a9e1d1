import { is, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

/** A person has a profile; a workspace has apps, and no profile. */
export const bitrise: ServiceStandIn = {
  id: 'bitrise',
  answers: ['active', 'revoked', 'undecided:forbidden'],
  answer(request, lookup) {
    const isProfile = is(request, 'GET', '/v0.1/me');
    if (!isProfile && !is(request, 'GET', '/v0.1/apps')) return null;
    const token = request.headers['authorization'] ?? '';
    const known = lookup(token);
    if (known?.answer === 'undecided:forbidden') return jsonAnswer(403, { message: 'Forbidden' });
    if (known?.answer !== 'active' || (isProfile && token.startsWith('bitwat_'))) {
      return jsonAnswer(401, { message: 'Unauthorized' });
    }
    if (isProfile) {
      return jsonAnswer(200, {
        data: { username: 'test', slug: '2dec5c71bbce73d9', email: 'test@example.com', avatar_url: '', data_id: 12345 },
      });
    }
    return jsonAnswer(200, { data: [], paging: { total_item_count: 0, page_item_limit: 1 } });
  },
};
