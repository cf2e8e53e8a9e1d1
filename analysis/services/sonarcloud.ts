import { ANSWERS_NOT_COMPARED, active, basicAuth, field, get, inactive, reveal, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, HEX, run, shaped } from '../token-shape.ts';

const DOCS = 'https://docs.sonarsource.com/sonarqube-cloud';

/** Of the regions. Source: https://docs.sonarsource.com/sonarqube-cloud/getting-started/choosing-your-region */
const HOSTS = ['sonarcloud.io', 'sonarqube.us'] as const;

export const sonarcloud = {
  id: 'sonarcloud',
  label: 'SonarQube Cloud',
  family: 'token',
  docs: `${DOCS}/managing-your-account/managing-tokens/`,
  revoke: 'https://sonarcloud.io/account/security',
  formats: [
    shaped({ id: 'sonarcloud.token', shape: [['squ_', 'sqp_', 'sqa_'], run(HEX, 40)], variable: 'SONAR_TOKEN' }),
    // Of an organization, which the cloud alone gives out.
    shaped({ id: 'sonarcloud.organization-token', shape: ['sqco_', run(ALNUM, 50, 70)], variable: 'SONAR_TOKEN' }),
  ],
  // Anyone can host SonarQube, and its tokens look the same.
  selfHosted: true,
  probe: {
    hosts: HOSTS,
    effect: 'reads',
    // The status is 200 for everybody: the field decides.
    requests: (parts) =>
      HOSTS.map((host) => get(`https://${host}/api/authentication/validate`, { authorization: basicAuth(reveal(parts), '') })),
    read: verdictTable([
      active('valid', 200, [field('valid', true)], 'https://sonarcloud.io/web_api/api/authentication/validate'),
      inactive('not-valid', [200, 401], [field('valid', false)], 'https://sonarcloud.io/web_api/api/authentication/validate'),
    ]),
  },
  unconfirmed: [
    ANSWERS_NOT_COMPARED,
    'the length of the tokens of organizations, and whether they are valid for a question about users',
  ],
} as const satisfies Service;
