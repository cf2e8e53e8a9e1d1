import { ANSWERS_NOT_COMPARED, active, get, inactive, lists, reveal, saysAt, verdictTable } from '../service-kit.ts';
import type { Format, Service } from '../service.ts';
import { GUARD_BEFORE, HEX, LOWER, placedTogether, tenantBut } from '../token-shape.ts';

const DOCS = 'https://shopify.dev/docs/api';
const SHOP = new RegExp(
  `(?<![a-z0-9.-])${tenantBut('apps', 'www')}(?<shop>[a-z0-9][a-z0-9-]{1,60}\\.myshopify\\.com)(?![a-z0-9.-])`,
);

function accessToken(kind: string, prefix: string, needsShop: boolean): Format {
  return {
    id: `shopify.${kind}`,
    literals: [prefix],
    pattern: new RegExp(`${GUARD_BEFORE}(?<token>${prefix}[0-9a-fA-F]{32})(?!\\w)`),
    maxLength: 38,
    ...(needsShop
      ? {
          companions: [
            {
              name: 'shop',
              near: { pattern: SHOP, bytes: 2000 },
              anywhere: { literals: ['.myshopify.com'], reach: 62, pattern: SHOP, maxLength: 76 },
            },
          ],
        }
      : {}),
    redact: () => `${prefix}…`,
    samples(random) {
      const token = () => `${prefix}${random.text(32, HEX.letters)}`;
      const placed = (text: string, place: number) => {
        const shop = `${random.text(8, LOWER.letters)}-store.myshopify.com`;
        const parts = needsShop ? { token: text, shop } : { token: text };
        return { text: placedTogether(needsShop ? { SHOP: shop, SHOPIFY_TOKEN: text } : { SHOPIFY_SECRET: text }, place), parts };
      };
      const documented = placed(token(), 0);
      return {
        hits: [
          ...[0, 1, 2, 3].map((place) => placed(token(), place)),
          { ...documented, text: documented.text.replace('\n', '\n# your-store.myshopify.com\n') },
        ],
        misses: [
          placed(token().slice(0, -1), 0).text,
          placed(`${token()}0`, 1).text,
          placed(`${token().slice(0, 20)}z${token().slice(21)}`, 2).text,
        ],
      };
    },
  };
}

export const shopify = {
  id: 'shopify',
  label: 'Shopify',
  family: 'token',
  docs: 'https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens',
  revoke: 'https://help.shopify.com/manual/apps/app-types/custom-apps',
  formats: [
    accessToken('access-token', 'shpat_', true),
    accessToken('custom-app-token', 'shpca_', true),
    accessToken('private-app-token', 'shppa_', true),
    accessToken('shared-secret', 'shpss_', false),
  ],
  probe: {
    hosts: ['*.myshopify.com'],
    effect: 'reads',
    requests(parts) {
      const shop = parts['shop']?.reveal();
      // A shared secret signs; there is nothing that it opens by itself.
      if (shop === undefined) return null;
      return [get(`https://${shop}/admin/oauth/access_scopes.json`, { 'x-shopify-access-token': reveal(parts) })];
    },
    read: verdictTable([
      active('access-scopes', 200, [lists('access_scopes')], `${DOCS}/admin-rest/latest/resources/accessscope`),
      inactive(
        'invalid-token',
        401,
        [saysAt('errors', /^\[API\] Invalid API key or access token/)],
        `${DOCS}/usage/response-codes`,
      ),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the answers of closed and frozen shops (402, 404, 423): read as unknown'],
} as const satisfies Service;
