import { createHmac } from 'node:crypto';
import { BASE64 } from '../token-shape.ts';
import { is, xmlAnswer } from './engine/wire.ts';
import type { ServiceRequest, ServiceStandIn } from './service-stand-in.ts';

/** List of containers; the signature is verified. */
export const azureStorage: ServiceStandIn = {
  id: 'azure-storage',
  answers: ['active', 'restricted:key', 'restricted:network', 'inactive:rotated'],
  answer(request, lookup) {
    if (!is(request, 'GET', '/') || request.query.get('comp') !== 'list') return null;
    const [account = '', cloud] = request.host.split('.blob.');
    const found = lookup(account);
    // An account of one cloud is unknown to the others.
    const isHere = found?.parts === null || (found?.parts['suffix'] ?? 'core.windows.net') === cloud;
    const known = isHere ? found : null;
    const isSigned = known !== null && (known.parts === null || isSignedBy(request, account, known.parts['key'] ?? ''));
    switch (isSigned ? known.answer : 'inactive:rotated') {
      case 'active':
        return xmlAnswer(
          200,
          `<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="https://${request.host}/"><MaxResults>1</MaxResults><Containers /><NextMarker /></EnumerationResults>`,
        );
      case 'restricted:key':
        return refusal(
          'KeyBasedAuthenticationNotPermitted',
          'Key based authentication is not permitted on this storage account.',
        );
      case 'restricted:network':
        return refusal('AuthorizationFailure', 'This request is not authorized to perform this operation.');
      default:
        return refusal(
          'AuthenticationFailed',
          'Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.',
        );
    }
  },
  offline(verdict, random) {
    if (verdict !== 'published-example') return null;
    const key = `${random.text(85, BASE64.letters)}A==`;
    const parts = { account: 'devstoreaccount1', key };
    return { format: 'azure-storage.account-key', sample: { text: `AccountName=${parts.account};AccountKey=${key};`, parts } };
  },
};

function isSignedBy({ headers, query }: ServiceRequest, account: string, key: string): boolean {
  const own = ['x-ms-date', 'x-ms-version'].map((name) => `${name}:${headers[name] ?? ''}\n`).join('');
  const parameters = [...query].map(([name, value]) => `\n${name}:${value}`).sort();
  const toSign = `GET${'\n'.repeat(12)}${own}/${account}/${parameters.join('')}`;
  const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(toSign).digest('base64');
  return headers['authorization'] === `SharedKey ${account}:${signature}`;
}

function refusal(code: string, message: string) {
  return xmlAnswer(
    403,
    `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
    { 'x-ms-error-code': code },
  );
}
