import { ANSWERS_NOT_COMPARED, active, inactive, inHeader, lists, saysAt, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { HEX, keyworded, run } from '../token-shape.ts';

const DOCS = 'https://www.assemblyai.com/docs';

export const assemblyai = {
  id: 'assemblyai',
  label: 'AssemblyAI',
  family: 'api-key',
  docs: DOCS,
  revoke: 'https://www.assemblyai.com/dashboard/api-keys',
  formats: [
    keyworded({
      id: 'assemblyai.api-key',
      keywords: ['assemblyai', 'assembly_ai'],
      shape: [run(HEX, 32)],
      variable: 'ASSEMBLYAI_API_KEY',
    }),
  ],
  probe: {
    hosts: ['api.assemblyai.com'],
    effect: 'reads',
    requests: inHeader('https://api.assemblyai.com/v2/transcript?limit=1', 'authorization'),
    read: verdictTable([
      active('transcripts', 200, [lists('transcripts')], `${DOCS}/api-reference/transcripts/list`),
      inactive(
        'invalid-api-key',
        401,
        [saysAt('error', /invalid API key|Authentication error/i)],
        `${DOCS}/api-reference/overview`,
      ),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the wording of the refusal'],
} as const satisfies Service;
