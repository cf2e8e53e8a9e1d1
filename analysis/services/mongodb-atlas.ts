import type { Service } from '../service.ts';
import { BASE64URL, run, shaped } from '../token-shape.ts';

export const mongodbAtlas = {
  id: 'mongodb-atlas',
  label: 'MongoDB Atlas',
  family: 'credentials',
  docs: 'https://www.mongodb.com/docs/atlas/api/service-accounts-overview/',
  revoke: 'https://cloud.mongodb.com/',
  formats: [
    shaped({
      id: 'mongodb-atlas.service-account-secret',
      shape: ['mdb_sa_sk_', run(BASE64URL, 40)],
      variable: 'MONGODB_ATLAS_CLIENT_SECRET',
    }),
  ],
  noProbe: 'a secret is only ever exchanged for a new access token; and a connection string opens a database, not a web service',
  unconfirmed: ['the length of a secret'],
} as const satisfies Service;
