import type { Service } from '../service.ts';
import { HEX, keyworded, run } from '../token-shape.ts';

export const spotify = {
  id: 'spotify',
  label: 'Spotify',
  family: 'credentials',
  docs: 'https://developer.spotify.com/documentation/web-api/tutorials/client-credentials-flow',
  revoke: 'https://developer.spotify.com/dashboard',
  formats: [
    keyworded({
      id: 'spotify.client-secret',
      keywords: ['spotify_client_secret', 'spotify_secret', 'spotifyclientsecret'],
      shape: [run(HEX, 32)],
      variable: 'SPOTIFY_CLIENT_SECRET',
    }),
  ],
  noProbe: 'a secret is only ever exchanged for a new access token, beside the id of its application',
} as const satisfies Service;
