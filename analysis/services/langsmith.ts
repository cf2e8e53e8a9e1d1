import { ANSWERS_NOT_COMPARED, active, apiAnswer, get, inactive, lists, reveal, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { HEX, run, shaped } from '../token-shape.ts';

const DOCS = 'https://docs.langchain.com/langsmith';
/** Of the regions, each of which has workspaces of its own. */
const HOSTS = [
  'api.smith.langchain.com',
  'eu.api.smith.langchain.com',
  'apac.api.smith.langchain.com',
  'aws.api.smith.langchain.com',
] as const;

export const langsmith = {
  id: 'langsmith',
  label: 'LangSmith',
  family: 'api-key',
  docs: `${DOCS}/create-account-api-key`,
  revoke: 'https://smith.langchain.com/settings/apikeys',
  formats: [
    shaped({
      id: 'langsmith.api-key',
      shape: [['lsv2_pt_', 'lsv2_sk_'], run(HEX, 32), '_', run(HEX, 10)],
      variable: 'LANGSMITH_API_KEY',
    }),
  ],
  probe: {
    hosts: HOSTS,
    effect: 'reads',
    requests: (parts) => HOSTS.map((host) => get(`https://${host}/api/v1/workspaces`, { 'x-api-key': reveal(parts) })),
    read: verdictTable([
      active('workspaces', 200, [lists()], 'https://api.smith.langchain.com/redoc (workspaces)'),
      inactive('invalid-token', 401, [apiAnswer], 'https://api.smith.langchain.com/redoc (401)'),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the body of the 401 answer'],
} as const satisfies Service;
