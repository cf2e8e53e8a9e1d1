import { ANSWERS_NOT_COMPARED, active, apiAnswer, authorized, inactive, lists, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { BASE64URL, run, shaped } from '../token-shape.ts';

const DOCS = 'https://docs.nvidia.com/cloud-functions/user-guide/latest/cloud-function/api.html';

export const nvidia = {
  id: 'nvidia',
  label: 'NVIDIA',
  family: 'api-key',
  docs: DOCS,
  revoke: 'https://org.ngc.nvidia.com/setup/api-keys',
  formats: [shaped({ id: 'nvidia.api-key', shape: ['nvapi-', run(BASE64URL, 60, 70)], variable: 'NVIDIA_API_KEY' })],
  probe: {
    hosts: ['api.nvcf.nvidia.com'],
    effect: 'reads',
    // Not the list of models: that one answers everybody.
    requests: authorized('https://api.nvcf.nvidia.com/v2/nvcf/functions?visibility=authorized'),
    read: verdictTable([active('functions', 200, [lists('functions')], DOCS), inactive('unauthorized', 401, [apiAnswer], DOCS)]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the body of the 401 answer, and whether some good keys get a 403'],
} as const satisfies Service;
