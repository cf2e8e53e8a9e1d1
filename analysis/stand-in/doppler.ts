import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const doppler = headerStandIn({
  id: 'doppler',
  paths: ['/v3/me'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, {
      workplace: { name: 'Demo', slug: 'demo' },
      type: 'personal',
      token_preview: 'dp.pt.aaaa…aaaa',
      slug: '1',
      created_at: '2024-01-01T00:00:00Z',
      name: 'demo',
    }),
    revoked: jsonAnswer(401, { messages: ['Invalid Auth token'], success: false }),
    expired: jsonAnswer(401, { messages: ['Expired Auth token'], success: false }),
  },
  stranger: 'revoked',
});
