import { ANSWERS_NOT_COMPARED, active, inactive, inHeader, lists, says, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, run, shaped } from '../token-shape.ts';

const DOCS = 'https://docs.pinecone.io/reference/api';

export const pinecone = {
  id: 'pinecone',
  label: 'Pinecone',
  family: 'api-key',
  docs: `${DOCS}/authentication`,
  revoke: 'https://app.pinecone.io/',
  formats: [
    shaped({ id: 'pinecone.api-key', shape: ['pcsk_', run(ALNUM, 5, 6), '_', run(ALNUM, 63)], variable: 'PINECONE_API_KEY' }),
  ],
  probe: {
    hosts: ['api.pinecone.io'],
    effect: 'reads',
    requests: inHeader('https://api.pinecone.io/indexes', 'api-key', { 'x-pinecone-api-version': '2025-04' }),
    read: verdictTable([
      active('indexes', 200, [lists('indexes')], `${DOCS}/latest/control-plane/list_indexes`),
      inactive('invalid-api-key', 401, [says(/Invalid API Key|"UNAUTHENTICATED"/i)], `${DOCS}/errors`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the answer to keys whose role does not list indexes: read as unknown unless it is 401'],
} as const satisfies Service;
