import { jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

const HOSTS = ['discord.com', 'discordapp.com', 'ptb.discord.com', 'canary.discord.com'];

const VERSIONS = ['', 'v6/', 'v7/', 'v8/', 'v9/', 'v10/'];

/** The end of the path tells the webhook, whatever host and version of Discord's the package wrote. */
export const discordWebhook: ServiceStandIn = {
  id: 'discord-webhook',
  answers: ['active', 'revoked', 'inactive:invalid-token'],
  answer(request, lookup) {
    if (request.method !== 'GET' || !request.path.startsWith('/api/webhooks/')) return null;
    const known = HOSTS.flatMap((host) =>
      VERSIONS.map((version) => lookup(`https://${host}/api/${version}${request.path.slice('/api/'.length)}`)),
    ).find((one) => one !== null);
    switch (known?.answer) {
      case 'active':
        return jsonAnswer(200, {
          id: '223704706495545344',
          type: 1,
          name: 'demo',
          channel_id: '199737254929760256',
          token: '3d89bb7572e0fb30d8128367b3b1b44f',
        });
      case 'inactive:invalid-token':
        return jsonAnswer(401, { message: 'Invalid Webhook Token', code: 50027 });
      default:
        return jsonAnswer(404, { message: 'Unknown Webhook', code: 10015 });
    }
  },
};
