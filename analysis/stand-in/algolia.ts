import { jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

export const algolia: ServiceStandIn = {
  id: 'algolia',
  answers: ['active', 'public:search', 'revoked', 'inactive:no-such-key'],
  answer(request, lookup) {
    const key = /^\/1\/keys\/([0-9a-f]{32})$/.exec(request.path)?.[1];
    if (request.method !== 'GET' || key === undefined) return null;
    const app = request.headers['x-algolia-application-id'] ?? '';
    const isHome = request.host === `${app.toLowerCase()}-dsn.algolia.net` && request.headers['x-algolia-api-key'] === key;
    switch (isHome ? lookup(key, app)?.answer : undefined) {
      case 'active':
        return jsonAnswer(200, { value: key, createdAt: 1577836800, acl: ['search', 'addObject', 'deleteObject'], validity: 0 });
      case 'public:search':
        return jsonAnswer(200, { value: key, createdAt: 1577836800, acl: ['search'], validity: 0 });
      case 'inactive:no-such-key':
        return jsonAnswer(404, { message: 'Key does not exist', status: 404 });
      default:
        return jsonAnswer(403, { message: 'Invalid Application-ID or API key', status: 403 });
    }
  },
};
