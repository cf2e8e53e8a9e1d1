import { FAR_AHEAD, sampleJwt, sampleKey, signPublicKeyJwt } from '../services/jwt.ts';
import { signHmacJwt } from '../jwt-form.ts';
import { is, jsonAnswer } from './engine/wire.ts';
import type { OfflinePlant, ServiceStandIn } from './service-stand-in.ts';

/** Auth0, public keys of a tenant. The request tells the tenant, and the tenant has one token. */
export const jwt: ServiceStandIn = {
  id: 'jwt',
  answers: ['active', 'inactive:key-withdrawn', 'inactive:other-key'],
  answer(request, lookup) {
    const tenant = /^([a-z-]+)\.eu\.auth0\.com$/.exec(request.host)?.[1];
    if (tenant === undefined || !is(request, 'GET', '/.well-known/jwks.json')) return null;
    const { jwk } = sampleKey(tenant);
    const next = { ...sampleKey(`${tenant}, next`).jwk };
    switch (lookup(sampleJwt(tenant))?.answer) {
      case 'inactive:key-withdrawn':
        return jsonAnswer(200, { keys: [next] });
      case 'inactive:other-key':
        return jsonAnswer(200, { keys: [{ ...next, kid: jwk.kid }] });
      default:
        return jsonAnswer(200, { keys: [jwk, next] });
    }
  },
  offline(verdict, random, now) {
    const seconds = Math.floor(now.getTime() / 1000);
    const tenant = `demo-${random.text(10, 'abcdefghijklmnopqrstuvwxyz')}`;
    switch (verdict) {
      case 'inactive':
        return plant('jwt.public-key', signPublicKeyJwt(tenant, { sub: 'auth0|1', iat: seconds - 90_000, exp: seconds - 3600 }));
      case 'published-example':
        return plant(
          'jwt.hmac',
          signHmacJwt({ sub: String(random.int(1e9)), name: 'John Doe', iat: 1_516_239_022 }, 'your-256-bit-secret'),
        );
      case 'public-by-design':
        return plant(
          'jwt.hmac',
          signHmacJwt({ iss: 'db', role: 'anon', iat: seconds, exp: FAR_AHEAD }, random.text(40, 'abcdef0123456789')),
        );
      default:
        return null;
    }
  },
};

function plant(format: string, token: string): OfflinePlant {
  return { format, sample: { text: `ACCESS_TOKEN=${token}\n`, parts: { token } } };
}
