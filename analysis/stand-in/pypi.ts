import { makePypiToken } from '../services/pypi.ts';
import { basic, form } from './engine/wire.ts';
import type { Answer } from '../../crawler/stand-in/server.ts';
import type { ServiceRequest, ServiceStandIn } from './service-stand-in.ts';

/** The legacy upload, as far as a form comes that can never be complete. One that could be is no known request. */
export const pypi: ServiceStandIn = {
  id: 'pypi',
  answers: ['active', 'restricted:other-project', 'revoked'],
  answer(request, lookup) {
    if (!isUpload(request) || form(request).get('protocol_version') === '1') return null;
    const credentials = basic(request);
    const known = credentials?.user === '__token__' ? lookup(credentials.password) : null;
    switch (known?.answer) {
      case 'active':
        return page(400, 'Unknown protocol version.');
      case 'restricted:other-project':
        return page(
          403,
          "The credential associated with user 'octocat' isn't allowed to upload to project 'demo'. See https://pypi.org/help/#project-name for more information.",
        );
      default:
        return page(
          403,
          'Invalid or non-existent authentication information. See https://pypi.org/help/#invalid-auth for more information.',
        );
    }
  },
  offline(verdict, random, now) {
    if (verdict !== 'inactive') return null;
    const token = makePypiToken(random, 'pypi.org', Math.floor(now.getTime() / 1000) - 60 - random.int(10_000_000));
    return { format: 'pypi.api-token', sample: { text: `TWINE_PASSWORD=${token}\n`, parts: { token } } };
  },
};

function isUpload({ method, path, host }: ServiceRequest): boolean {
  return method === 'POST' && path === '/legacy/' && (host === 'upload.pypi.org' || host === 'test.pypi.org');
}

/** Warehouse answers its errors as pages. */
function page(status: number, text: string): Answer {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=UTF-8' },
    body: `<html>\n <head>\n  <title>${status} ${text}</title>\n </head>\n <body>\n  <h1>${status} ${text}</h1>\n  The server could not comply with the request.\n </body>\n</html>`,
  };
}
