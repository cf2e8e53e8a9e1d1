import type { Service } from '../service.ts';
import { BASE64URL, keyworded, run } from '../token-shape.ts';

export const ibmCloud = {
  id: 'ibm-cloud',
  label: 'IBM Cloud',
  family: 'api-key',
  docs: 'https://cloud.ibm.com/docs/account?topic=account-manapikey',
  revoke: 'https://cloud.ibm.com/iam/apikeys',
  formats: [
    keyworded({
      id: 'ibm-cloud.api-key',
      keywords: [
        'ibmcloud_api_key',
        'ibm_cloud_api_key',
        'ibm_api_key',
        'ibmcloudapikey',
        'watson_apikey',
        'bluemix_api_key',
        'ic_api_key',
      ],
      shape: [run(BASE64URL, 44)],
      variable: 'IBMCLOUD_API_KEY',
    }),
  ],
  noProbe: 'a key is only ever exchanged for a new access token',
} as const satisfies Service;
