/**
 * Issuers whose public keys may be fetched, and where they are. An issuer's name comes out of a package, so nothing is
 * asked but these well-known hosts, by addresses written here; the discovery document is not followed.
 */
interface Issuer {
  /** What `iss` looks like; its groups go into the address. */
  readonly issuer: RegExp;
  readonly keys: (...groups: readonly string[]) => string;
  /** Where the provider says where its keys are. */
  readonly docs: string;
}

const LABEL = '([a-z0-9][a-z0-9-]{0,61})';
const ID = '([A-Za-z0-9_-]{1,64})';
const GOOGLE = 'www.googleapis.com';
const ENTRA = 'login.microsoftonline.com';

/** Regions in which user pools of Cognito live. Source: "Amazon Cognito user pools endpoints" in the AWS General Reference. */
const COGNITO_REGIONS = [
  'af-south-1 ap-east-1 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2',
  'ap-southeast-3 ap-southeast-4 ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2',
  'eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1 me-south-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2',
].flatMap((line) => line.split(' '));

const ISSUERS: readonly Issuer[] = [
  {
    issuer: issuer('(?:https://)?accounts\\.google\\.com'),
    keys: () => `https://${GOOGLE}/oauth2/v3/certs`,
    docs: 'https://developers.google.com/identity/openid-connect/openid-connect#validatinganidtoken',
  },
  {
    issuer: issuer(`https://securetoken\\.google\\.com/${LABEL}`),
    keys: () => `https://${GOOGLE}/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com`,
    docs: 'https://firebase.google.com/docs/auth/admin/verify-id-tokens',
  },
  {
    issuer: issuer(`https://login\\.microsoftonline\\.com/${ID}/v2\\.0`),
    keys: (tenant) => `https://${ENTRA}/${tenant}/discovery/v2.0/keys`,
    docs: 'https://learn.microsoft.com/entra/identity-platform/access-tokens#validate-the-signature',
  },
  {
    issuer: issuer(`https://sts\\.windows\\.net/${ID}/?`),
    keys: (tenant) => `https://${ENTRA}/${tenant}/discovery/keys`,
    docs: 'https://learn.microsoft.com/entra/identity-platform/access-tokens#validate-the-signature',
  },
  {
    issuer: issuer(`https://${LABEL}\\.(?:(us|eu|au|jp|uk|ca)\\.)?auth0\\.com/?`),
    keys: (tenant, region = '') => `https://${tenant}.${region === '' ? '' : `${region}.`}auth0.com/.well-known/jwks.json`,
    docs: 'https://auth0.com/docs/secure/tokens/json-web-tokens/locate-json-web-key-sets',
  },
  {
    issuer: issuer(`https://${LABEL}\\.(okta\\.com|oktapreview\\.com|okta-emea\\.com)(?:/oauth2/${ID})?`),
    keys: (org, domain, server = '') => `https://${org}.${domain}/oauth2/${server === '' ? '' : `${server}/`}v1/keys`,
    docs: 'https://developer.okta.com/docs/guides/validate-access-tokens/',
  },
  {
    issuer: issuer(`https://cognito-idp\\.(${COGNITO_REGIONS.join('|')})\\.amazonaws\\.com/${ID}`),
    keys: (region, pool) => `https://cognito-idp.${region}.amazonaws.com/${pool}/.well-known/jwks.json`,
    docs: 'https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html',
  },
  {
    issuer: issuer('https://token\\.actions\\.githubusercontent\\.com'),
    keys: () => 'https://token.actions.githubusercontent.com/.well-known/jwks',
    docs: 'https://docs.github.com/en/actions/concepts/security/openid-connect',
  },
  {
    issuer: issuer('https://gitlab\\.com'),
    keys: () => 'https://gitlab.com/oauth/discovery/keys',
    docs: 'https://docs.gitlab.com/integration/openid_connect_provider/',
  },
  {
    issuer: issuer('https://appleid\\.apple\\.com'),
    keys: () => 'https://appleid.apple.com/auth/keys',
    docs: 'https://developer.apple.com/documentation/signinwithapplerestapi/fetch-apple-s-public-key-for-verifying-token-signature',
  },
  {
    issuer: issuer(`https://([a-z]{20})\\.supabase\\.co/auth/v1`),
    keys: (project) => `https://${project}.supabase.co/auth/v1/.well-known/jwks.json`,
    docs: 'https://supabase.com/docs/guides/auth/signing-keys',
  },
  {
    issuer: issuer(`https://${LABEL}\\.clerk\\.accounts\\.dev`),
    keys: (instance) => `https://${instance}.clerk.accounts.dev/.well-known/jwks.json`,
    docs: 'https://clerk.com/docs/guides/sessions/manual-jwt-verification',
  },
  {
    issuer: issuer('https://slack\\.com'),
    keys: () => 'https://slack.com/openid/connect/keys',
    docs: 'https://docs.slack.dev/authentication/sign-in-with-slack/',
  },
];

/** Hosts on which public keys are. */
export const JWKS_HOSTS: readonly string[] = [
  GOOGLE,
  ENTRA,
  '*.auth0.com',
  ...['us', 'eu', 'au', 'jp', 'uk', 'ca'].map((region) => `*.${region}.auth0.com`),
  '*.okta.com',
  '*.oktapreview.com',
  '*.okta-emea.com',
  ...COGNITO_REGIONS.map((region) => `cognito-idp.${region}.amazonaws.com`),
  'token.actions.githubusercontent.com',
  'gitlab.com',
  'appleid.apple.com',
  '*.supabase.co',
  '*.clerk.accounts.dev',
  'slack.com',
];

/** Address of the issuer's public keys, or null where the issuer is none of the known ones. */
export function jwksUrl(name: string | null): string | null {
  if (name === null) return null;
  for (const { issuer, keys } of ISSUERS) {
    const match = issuer.exec(name);
    if (match !== null) return keys(...match.slice(1).map((group) => group ?? ''));
  }
  return null;
}

function issuer(source: string): RegExp {
  return new RegExp(`^${source}$`);
}
