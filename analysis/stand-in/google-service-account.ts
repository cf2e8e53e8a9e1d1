import { modulusOf } from '../services/google-service-account.ts';
import { jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

/** Public keys of a service account; the request tells the account. */
export const googleServiceAccount: ServiceStandIn = {
  id: 'google-service-account',
  answers: ['active', 'revoked', 'inactive:other-key', 'inactive:no-such-account'],
  answer(request, lookup) {
    const email = /^\/service_accounts\/v1\/jwk\/([\w.%-]+)$/.exec(request.path)?.[1];
    if (request.method !== 'GET' || email === undefined) return null;
    const known = lookup(decodeURIComponent(email));
    const { id = '', key = '' } = known?.parts ?? {};
    const own = { kid: id, n: modulusOf(key) ?? '', e: 'AQAB', kty: 'RSA', alg: 'RS256', use: 'sig' };
    const other = { ...own, kid: '0123456789abcdef0123456789abcdef01234567', n: 'AQAB' };
    switch (known?.answer) {
      case 'active':
        return jsonAnswer(200, { keys: [other, own] });
      case 'revoked':
        return jsonAnswer(200, { keys: [other] });
      case 'inactive:other-key':
        return jsonAnswer(200, { keys: [{ ...own, n: other.n }] });
      default:
        return jsonAnswer(404, { error: { code: 404, message: 'Not found; Gaia id not found for email', status: 'NOT_FOUND' } });
    }
  },
};
