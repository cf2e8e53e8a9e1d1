import { basic, is, jsonAnswer, textAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

export const mailgun: ServiceStandIn = {
  id: 'mailgun',
  answers: ['active', 'active:eu', 'revoked', 'undecided:sending'],
  // The newer form may be a key that only sends.
  formatAnswers: {
    'mailgun.private-key': ['active', 'active:eu', 'revoked'],
    'mailgun.api-key': ['active', 'active:eu', 'undecided:sending'],
  },
  answer(request, lookup) {
    if (!is(request, 'GET', '/v3/domains')) return null;
    const credentials = basic(request);
    const known = credentials?.user === 'api' ? lookup(credentials.password) : null;
    const isHome = (known?.answer === 'active:eu') === (request.host === 'api.eu.mailgun.net');
    if (known === null || known.answer === 'revoked' || known.answer === 'undecided:sending' || !isHome)
      return textAnswer(401, 'Forbidden');
    return jsonAnswer(200, { total_count: 0, items: [] });
  },
};
