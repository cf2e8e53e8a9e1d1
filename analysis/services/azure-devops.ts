import {
  ANSWERS_NOT_COMPARED,
  active,
  basicAuth,
  get,
  header,
  inactive,
  names,
  reveal,
  says,
  undecided,
  verdictTable,
} from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, alphabet, keyworded, run, shaped } from '../token-shape.ts';

const DOCS = 'https://learn.microsoft.com/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate';

/** What a dead token gets, and a good one for one organization alone. */
const REFUSED = 'organization-token-possible';

export const azureDevops = {
  id: 'azure-devops',
  label: 'Azure DevOps',
  family: 'token',
  docs: DOCS,
  revoke: `${DOCS}#revoke-a-pat`,
  formats: [
    shaped({ id: 'azure-devops.access-token', shape: [run(ALNUM, 76), 'AZDO', run(ALNUM, 4)], variable: 'AZURE_DEVOPS_PAT' }),
    keyworded({
      id: 'azure-devops.old-access-token',
      keywords: ['azure_devops', 'azuredevops', 'vsts', 'azdo', 'system_accesstoken'],
      shape: [run(alphabet('a-z2-7'), 52)],
      variable: 'AZURE_DEVOPS_EXT_PAT',
    }),
  ],
  probe: {
    hosts: ['app.vssps.visualstudio.com'],
    effect: 'reads',
    // A refusal is a page: 203 or 302 with the sign-in.
    readsAnything: true,
    requests: (parts) => [
      get('https://app.vssps.visualstudio.com/_apis/profile/profiles/me?api-version=7.1', {
        authorization: basicAuth('', reveal(parts)),
      }),
    ],
    // Most tokens are good for one organization alone, and the profile refuses those like any stranger's:
    // https://github.com/edgafner/dorkag/issues/31 (401 unless made for "All accessible organizations").
    read: verdictTable([
      active(
        'profile',
        200,
        [names('id'), names('publicAlias')],
        'https://learn.microsoft.com/rest/api/azure/devops/profile/profiles/get',
      ),
      undecided(REFUSED, 203, [says(/Azure DevOps Services \| Sign In/)], `${DOCS} (invalid tokens get the sign-in page)`),
      undecided(
        REFUSED,
        302,
        [header('location', /^https:\/\/(?:spsprodweu\d\.vssps|app\.vssps)\.visualstudio\.com\/_signin/)],
        `${DOCS} (invalid tokens get the sign-in page)`,
      ),
      inactive('expired', 401, [says(/personal access token used has expired/i)], `${DOCS} (401)`),
      undecided(REFUSED, 401, [header('x-tfs-processid', /.{8}/)], 'header of every answer of the service'),
    ]),
  },
  unconfirmed: [
    ANSWERS_NOT_COMPARED,
    'how to ask about a token for one organization without its name: a refusal by the profile is read as unknown',
  ],
} as const satisfies Service;
