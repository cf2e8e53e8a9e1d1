import { alone, headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

export const launchdarkly: ServiceStandIn = {
  ...headerStandIn({
    id: 'launchdarkly',
    paths: ['/api/v2/caller-identity'],
    token: alone('authorization'),
    answers: {
      active: jsonAnswer(200, {
        accountId: '57be1db38b75bf0772d11383',
        authKind: 'token',
        tokenKind: 'auth',
        serviceToken: true,
      }),
      'active:eu': jsonAnswer(200, { accountId: '57be1db38b75bf0772d11384', authKind: 'token', tokenKind: 'auth' }),
      'active:federal': jsonAnswer(200, { accountId: '57be1db38b75bf0772d11385', authKind: 'token', tokenKind: 'auth' }),
      restricted: jsonAnswer(403, { code: 'forbidden', message: 'Access to the requested resource was denied' }),
      revoked: jsonAnswer(401, { code: 'unauthorized', message: 'invalid authorization' }),
    },
    stranger: 'revoked',
    homes: { 'active:eu': 'app.eu.launchdarkly.com', 'active:federal': 'app.launchdarkly.us' },
  }),
  offline(verdict, random) {
    if (verdict !== 'public-by-design') return null;
    const hex = (length: number) => random.text(length, '0123456789abcdef');
    const token = `mob-${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`;
    return { format: 'launchdarkly.mobile-key', sample: { text: `LD_MOBILE_KEY=${token}\n`, parts: { token } } };
  },
};
