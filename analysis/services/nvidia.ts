import { ANSWERS_NOT_COMPARED, active, inactive, postForm, reveal, says, saysAt, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { BASE64URL, run, shaped } from '../token-shape.ts';

const DOCS = 'https://docs.nvidia.com/ngc/latest/ngc-user-guide.html';
const ASKED_BY = 'https://github.com/opendatahub-io/odh-dashboard (how it validates a key)';

export const nvidia = {
  id: 'nvidia',
  label: 'NVIDIA',
  family: 'api-key',
  docs: DOCS,
  revoke: 'https://org.ngc.nvidia.com/setup/api-keys',
  formats: [shaped({ id: 'nvidia.api-key', shape: ['nvapi-', run(BASE64URL, 60, 70)], variable: 'NVIDIA_API_KEY' })],
  probe: {
    hosts: ['api.ngc.nvidia.com'],
    effect: 'reads',
    effectReason: 'Who the key belongs to is asked by POST, with the key in a form.',
    // Not the list of models, which answers everybody, and no list of one product: keys are made for some products alone.
    requests: (parts) => [postForm('https://api.ngc.nvidia.com/v3/keys/get-caller-info', { credentials: reveal(parts) })],
    read: verdictTable([
      active('caller-info', 200, [saysAt('type', /^[A-Z]{2,20}_KEY$/)], ASKED_BY),
      inactive('invalid-key', 401, [says(/Invalid API key/i)], ASKED_BY),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
