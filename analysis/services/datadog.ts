import { active, field, get, inactive, lists, reveal, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { HEX, keyworded, run } from '../token-shape.ts';

const DOCS = 'https://docs.datadoghq.com';
/** Every site has accounts of its own. Source: https://docs.datadoghq.com/getting_started/site/ */
const HOSTS = [
  'api.datadoghq.com',
  'api.us3.datadoghq.com',
  'api.us5.datadoghq.com',
  'api.datadoghq.eu',
  'api.ap1.datadoghq.com',
  'api.ap2.datadoghq.com',
  'api.uk1.datadoghq.com',
  'api.ddog-gov.com',
  'api.us2.ddog-gov.com',
] as const;

export const datadog = {
  id: 'datadog',
  label: 'Datadog',
  family: 'api-key',
  docs: `${DOCS}/account_management/api-app-keys/`,
  revoke: 'https://app.datadoghq.com/organization-settings/api-keys',
  formats: [
    keyworded({
      id: 'datadog.api-key',
      keywords: ['datadog_api', 'dd_api_key', 'datadogapikey', 'dd-api-key', 'ddapikey', 'datadog_key'],
      shape: [run(HEX, 32)],
      variable: 'DD_API_KEY',
    }),
  ],
  probe: {
    hosts: HOSTS,
    effect: 'reads',
    requests: (parts) => HOSTS.map((host) => get(`https://${host}/api/v1/validate`, { 'dd-api-key': reveal(parts) })),
    read: verdictTable([
      active('valid', 200, [field('valid', true)], `${DOCS}/api/latest/authentication/validate-api-key/`),
      inactive(
        'forbidden',
        403,
        [lists('errors'), field('errors.0', 'Forbidden')],
        `${DOCS}/api/latest/authentication/validate-api-key/`,
      ),
      inactive('unauthorized', 401, [field('errors.0', 'Unauthorized')], `${DOCS}/api/latest/authentication/validate-api-key/`),
    ]),
  },
  unconfirmed: ['the text in the list of errors beside the documented 403'],
} as const satisfies Service;
