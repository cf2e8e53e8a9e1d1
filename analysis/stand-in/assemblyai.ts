import { alone, headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const assemblyai = headerStandIn({
  id: 'assemblyai',
  paths: ['/v2/transcript'],
  token: alone('authorization'),
  answers: {
    active: jsonAnswer(200, { page_details: { limit: 1, result_count: 0 }, transcripts: [] }),
    revoked: jsonAnswer(401, { error: 'Authentication error, API token missing/invalid' }),
  },
  stranger: 'revoked',
});
