import { authorization, is, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

export const databricks: ServiceStandIn = {
  id: 'databricks',
  answers: ['active', 'restricted', 'revoked', 'inactive:code'],
  answer(request, lookup) {
    if (!is(request, 'GET', '/api/2.0/preview/scim/v2/Me')) return null;
    switch (lookup(authorization(request, 'Bearer') ?? '', request.host)?.answer) {
      case 'active':
        return jsonAnswer(200, { id: '6779365707557309', userName: 'demo@example.com', active: true });
      case 'restricted':
        return jsonAnswer(403, {
          error_code: '403',
          message: 'Unauthorized access to workspace: Source IP address: 192.0.2.1 is blocked by Databricks IP ACL',
        });
      case 'inactive:code':
        return jsonAnswer(401, {
          error_code: 'UNAUTHENTICATED',
          message: 'Credential was not sent or was of an unsupported type for this API.',
        });
      default:
        return jsonAnswer(403, { error_code: '403', message: 'Invalid access token.' });
    }
  },
};
