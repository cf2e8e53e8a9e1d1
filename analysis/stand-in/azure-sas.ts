import type { Answer } from '../../crawler/stand-in/server.ts';
import { makeSas } from '../services/azure-sas.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

/** Properties of a blob: the headers say everything. */
export const azureSas: ServiceStandIn = {
  id: 'azure-sas',
  answers: ['active', 'active:no-such-blob', 'restricted:address', 'revoked'],
  answer(request, lookup) {
    if (request.method !== 'HEAD') return null;
    const [, container = '', blob] = request.path.split('/');
    // The signature covers the container that the address names: of an address with one name alone, that is the root's.
    const signed = { b: request.path, c: blob === undefined ? '/$root' : `/${container}` }[request.query.get('sr') ?? ''] ?? '/';
    switch (lookup(`https://${request.host}${signed}?${request.query.toString()}`)?.answer) {
      case 'active':
        return answer(200, { 'x-ms-blob-type': 'BlockBlob', 'content-length': '0', etag: '"0x8CB171613397EAB"' });
      case 'active:no-such-blob':
        return answer(404, { 'x-ms-error-code': 'BlobNotFound' });
      case 'restricted:address':
        return answer(403, { 'x-ms-error-code': 'AuthorizationSourceIPMismatch' });
      default:
        return answer(403, { 'x-ms-error-code': 'AuthenticationFailed' });
    }
  },
  offline(verdict, random, now) {
    if (verdict !== 'inactive') return null;
    const token = makeSas(random, new Date(now.getTime() - 1000 * (60 + random.int(10_000_000))));
    return { format: 'azure-sas.blob-url', sample: { text: `BLOB_URL=${token}\n`, parts: { token } } };
  },
};

function answer(status: number, headers: Readonly<Record<string, string>>): Answer {
  return {
    status,
    headers: { 'x-ms-request-id': '4c1a0b5e-301e-0000-4f3a-0123456789ab', 'x-ms-version': '2023-11-03', ...headers },
  };
}
