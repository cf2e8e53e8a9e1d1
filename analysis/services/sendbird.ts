import type { Service } from '../service.ts';
import { HEX, keyworded, run } from '../token-shape.ts';

const DOCS = 'https://sendbird.com/docs';

export const sendbird = {
  id: 'sendbird',
  label: 'Sendbird',
  family: 'token',
  docs: `${DOCS}/chat/platform-api/v3/prepare-to-use-api`,
  revoke: 'https://dashboard.sendbird.com/',
  formats: [
    keyworded({ id: 'sendbird.api-token', keywords: ['sendbird'], shape: [run(HEX, 40)], variable: 'SENDBIRD_API_TOKEN' }),
  ],
  noProbe: 'the token is good for one application alone, whose address does not stand in it',
} as const satisfies Service;
