import { makeSharedAccessSignature, makeSimpleWebToken } from '../services/swt.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

/** Nobody is asked about these: their dates decide. */
export const swt: ServiceStandIn = {
  id: 'swt',
  answers: [],
  answer: () => null,
  offline(verdict, random, now) {
    if (verdict !== 'inactive') return null;
    const expires = Math.floor(now.getTime() / 1000) - 60 - random.int(100_000_000);
    const isSimple = random.int(2) === 0;
    const token = isSimple
      ? makeSimpleWebToken(random, { issuer: 'https://sts.example.org/', expires })
      : makeSharedAccessSignature(random, expires);
    const format = isSimple ? 'swt.simple-web-token' : 'swt.shared-access-signature';
    return { format, sample: { text: `TOKEN="${token}"\n`, parts: { token } } };
  },
};
