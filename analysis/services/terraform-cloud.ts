import { ANSWERS_NOT_COMPARED, active, field, get, inactive, names, reveal, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, run, shaped } from '../token-shape.ts';

const DOCS = 'https://developer.hashicorp.com/terraform/cloud-docs/api-docs';

/** Europe has accounts of its own. Source: https://developer.hashicorp.com/terraform/cloud-docs/europe */
const HOSTS = ['app.terraform.io', 'app.eu.terraform.io'] as const;

export const terraformCloud = {
  id: 'terraform-cloud',
  label: 'HCP Terraform',
  family: 'token',
  docs: `${DOCS}#authentication`,
  revoke: 'https://app.terraform.io/app/settings/tokens',
  formats: [
    shaped({
      id: 'terraform-cloud.api-token',
      shape: [run(ALNUM, 14), '.atlasv1.', run(ALNUM, 60, 90)],
      variable: 'TF_TOKEN_app_terraform_io',
    }),
  ],
  // Terraform Enterprise gives out the same form.
  selfHosted: true,
  probe: {
    hosts: HOSTS,
    effect: 'reads',
    requests: (parts) =>
      HOSTS.map((host) =>
        get(`https://${host}/api/v2/account/details`, {
          accept: 'application/vnd.api+json',
          authorization: `Bearer ${reveal(parts)}`,
        }),
      ),
    read: verdictTable([
      active('account', 200, [names('data.id'), field('data.type', 'users')], `${DOCS}/account`),
      inactive('unauthorized', 401, [field('errors.0.status', '401')], `${DOCS}#authentication`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'tokens of teams and organizations have no account: their 404 is read as unknown'],
} as const satisfies Service;
