import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

const key = {
  redacted_api_key: 'xai-...b14o',
  user_id: '59fbe5f2-040b-46d5-8325-868bb8f23eb2',
  name: 'demo',
  team_id: '5ea6f6bd-7815-4b8a-9135-28b2d7ba6722',
  acls: ['api-key:model:*', 'api-key:endpoint:*'],
  team_blocked: false,
  api_key_blocked: false,
  api_key_disabled: false,
};

export const xai = headerStandIn({
  id: 'xai',
  paths: ['/v1/api-key'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, key),
    'restricted:team-blocked': jsonAnswer(200, { ...key, team_blocked: true }),
    'inactive:disabled': jsonAnswer(200, { ...key, api_key_disabled: true }),
    'inactive:blocked': jsonAnswer(200, { ...key, api_key_blocked: true }),
    revoked: jsonAnswer(400, {
      code: 'Client specified an invalid argument',
      error: 'Incorrect API key provided: xa***aa. You can obtain an API key from https://console.x.ai.',
    }),
  },
  stranger: 'revoked',
});
