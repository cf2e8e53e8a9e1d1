import { alone, headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const elevenlabs = headerStandIn({
  id: 'elevenlabs',
  paths: ['/v1/user/subscription'],
  token: alone('xi-api-key'),
  answers: {
    active: jsonAnswer(200, { tier: 'free', character_count: 0, character_limit: 10000, status: 'free' }),
    'active:eu': jsonAnswer(200, { tier: 'enterprise', character_count: 0, character_limit: 10000, status: 'active' }),
    'active:india': jsonAnswer(200, { tier: 'enterprise', character_count: 0, character_limit: 10000, status: 'active' }),
    restricted: jsonAnswer(401, {
      detail: {
        status: 'missing_permissions',
        message: 'The API key you used is missing the permission user_read to execute this operation.',
      },
    }),
    revoked: jsonAnswer(401, { detail: { status: 'invalid_api_key', message: 'Invalid API key' } }),
    'undecided:unusual-activity': jsonAnswer(401, {
      detail: { status: 'detected_unusual_activity', message: 'Unusual activity detected.' },
    }),
  },
  stranger: 'revoked',
  homes: { 'active:eu': 'api.eu.residency.elevenlabs.io', 'active:india': 'api.in.residency.elevenlabs.io' },
});
