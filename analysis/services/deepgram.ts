import { ANSWERS_NOT_COMPARED, active, authorized, field, inactive, names, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { HEX, keyworded, run } from '../token-shape.ts';

const DOCS = 'https://developers.deepgram.com';

export const deepgram = {
  id: 'deepgram',
  label: 'Deepgram',
  family: 'api-key',
  docs: `${DOCS}/guides/fundamentals/authenticating`,
  revoke: 'https://console.deepgram.com/',
  formats: [keyworded({ id: 'deepgram.api-key', keywords: ['deepgram'], shape: [run(HEX, 40)], variable: 'DEEPGRAM_API_KEY' })],
  probe: {
    hosts: ['api.deepgram.com'],
    effect: 'reads',
    requests: authorized('https://api.deepgram.com/v1/auth/token', 'Token'),
    read: verdictTable([
      active('token', 200, [names('api_key_id')], `${DOCS}/reference/manage/auth`),
      inactive('invalid-auth', 401, [field('err_code', 'INVALID_AUTH')], `${DOCS}/docs/errors`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the address that answers whose key it is'],
} as const satisfies Service;
