import { ANSWERS_NOT_COMPARED, active, authorized, inactive, names, saysAt, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { LETTERS, run, shaped } from '../token-shape.ts';

const DOCS = 'https://huggingface.co/docs/hub';

export const huggingFace = {
  id: 'hugging-face',
  label: 'Hugging Face',
  family: 'token',
  docs: `${DOCS}/security-tokens`,
  revoke: 'https://huggingface.co/settings/tokens',
  formats: [
    shaped({ id: 'hugging-face.user-token', shape: ['hf_', run(LETTERS, 34)], variable: 'HF_TOKEN' }),
    shaped({ id: 'hugging-face.organization-token', shape: ['api_org_', run(LETTERS, 34)], variable: 'HF_TOKEN' }),
  ],
  probe: {
    hosts: ['huggingface.co'],
    effect: 'reads',
    requests: authorized('https://huggingface.co/api/whoami-v2'),
    read: verdictTable([
      active('who-am-i', 200, [names('name'), names('type')], `${DOCS}/api#get-apiwhoami-v2`),
      inactive('expired', 401, [saysAt('error', /expired/i)], `${DOCS}/security-tokens`),
      inactive(
        'invalid-credentials',
        401,
        [saysAt('error', /^Invalid (?:username or password|credentials)/)],
        'what `hf auth whoami` reports',
      ),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
