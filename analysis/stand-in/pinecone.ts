import { alone, headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer, textAnswer } from './engine/wire.ts';

export const pinecone = headerStandIn({
  id: 'pinecone',
  paths: ['/indexes'],
  token: alone('api-key'),
  answers: {
    active: jsonAnswer(200, { indexes: [] }),
    revoked: textAnswer(401, 'Invalid API Key'),
    'inactive:json': jsonAnswer(401, { error: { code: 'UNAUTHENTICATED', message: 'Invalid API key.' }, status: 401 }),
    'undecided:role': jsonAnswer(401, { error: { code: 'UNAUTHORIZED', message: 'Unauthorized' }, status: 401 }),
    'undecided:forbidden': jsonAnswer(403, { error: { code: 'FORBIDDEN', message: 'Forbidden' }, status: 403 }),
  },
  stranger: 'revoked',
});
