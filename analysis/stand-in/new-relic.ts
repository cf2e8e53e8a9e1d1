import { ALNUM, HEX } from '../token-shape.ts';
import { is, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

const HOMES: Readonly<Record<string, string>> = {
  active: 'api.newrelic.com',
  'active:eu': 'api.eu.newrelic.com',
  'active:japan': 'api.jp.newrelic.com',
};

export const newRelic: ServiceStandIn = {
  id: 'new-relic',
  answers: ['active', 'active:eu', 'active:japan', 'revoked', 'undecided:fault'],
  answer(request, lookup) {
    if (!is(request, 'POST', '/graphql')) return null;
    const known = lookup(request.headers['api-key'] ?? '');
    const isHome = known?.parts === null || HOMES[known?.answer ?? ''] === request.host;
    if (known?.answer === 'undecided:fault') {
      const errors = [{ extensions: { errorClass: 'TIMEOUT' }, message: 'Timed out', path: ['actor', 'user'] }];
      return jsonAnswer(200, { data: { actor: { user: null } }, errors });
    }
    if (known === null || known.answer === 'revoked' || !isHome) {
      return jsonAnswer(401, { errors: [{ extensions: { errorClass: 'UNAUTHORIZED' }, message: 'Invalid API key' }] });
    }
    return jsonAnswer(200, { data: { actor: { user: { id: 1234567890 } } } });
  },
  offline(verdict, random) {
    if (verdict !== 'public-by-design') return null;
    const token = `NRJS-${random.text(19, HEX.letters)}`;
    return {
      format: 'new-relic.browser-key',
      sample: { text: `licenseKey: "${token}", // ${random.text(4, ALNUM.letters)}\n`, parts: { token } },
    };
  },
};
