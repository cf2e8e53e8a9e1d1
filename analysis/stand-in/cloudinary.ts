import { basic, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

export const cloudinary: ServiceStandIn = {
  id: 'cloudinary',
  answers: ['active', 'active:eu', 'revoked', 'inactive:cloud'],
  answer(request, lookup) {
    const cloud = /^\/v1_1\/([\w-]+)\/ping$/.exec(request.path)?.[1];
    if (request.method !== 'GET' || cloud === undefined) return null;
    const credentials = basic(request);
    const known = credentials === null ? null : lookup(credentials.user, credentials.password, cloud);
    switch (known?.answer) {
      case 'active:eu':
        if (request.host !== 'api-eu.cloudinary.com') return unknownKey();
        return jsonAnswer(200, { status: 'ok' });
      case 'active':
        if (known.parts !== null && request.host !== 'api.cloudinary.com') return unknownKey();
        return jsonAnswer(200, { status: 'ok' });
      case 'inactive:cloud':
        return jsonAnswer(401, { error: { message: `Invalid cloud_name ${cloud}` } });
      default:
        return unknownKey();
    }
  },
};

function unknownKey() {
  return jsonAnswer(401, { error: { message: 'unknown api_key' } });
}
