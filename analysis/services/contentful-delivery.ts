import type { Service } from '../service.ts';
import { BASE64URL, keyworded, run } from '../token-shape.ts';

const DOCS = 'https://www.contentful.com/developers/docs';

export const contentfulDelivery = {
  id: 'contentful-delivery',
  label: 'Contentful delivery',
  family: 'api-key',
  docs: `${DOCS}/references/content-delivery-api/`,
  revoke: 'https://app.contentful.com/',
  formats: [
    keyworded({
      id: 'contentful-delivery.access-token',
      keywords: ['contentful'],
      shape: [run(BASE64URL, 43)],
      variable: 'CONTENTFUL_ACCESS_TOKEN',
      accepts: (token) => /[a-z]/.test(token) && /[A-Z]/.test(token) && /[0-9]/.test(token),
    }),
  ],
  noProbe: 'the token opens one space alone, whose name does not stand in it',
} as const satisfies Service;
