import type { Service } from '../service.ts';
import { BASE64URL, run, shaped } from '../token-shape.ts';

export const firebaseMessaging = {
  id: 'firebase-messaging',
  label: 'Firebase Cloud Messaging',
  family: 'api-key',
  docs: 'https://firebase.google.com/docs/cloud-messaging/migrate-v1',
  revoke: 'https://console.firebase.google.com/project/_/settings/cloudmessaging',
  formats: [
    shaped({
      id: 'firebase-messaging.server-key',
      shape: ['AAAA', run(BASE64URL, 7), ':APA91b', run(BASE64URL, 134)],
      variable: 'FCM_SERVER_KEY',
    }),
  ],
  // The interface that took these keys was shut down step by step from 22 July 2024 on.
  judge: () => ({ verdict: 'inactive', reason: 'interface-closed' }),
  noProbe: 'the interface that took these keys is closed',
  unconfirmed: ['the day on which the last of these keys stopped working'],
} as const satisfies Service;
