import type { Service } from '../service.ts';
import { ALNUM, BASE64URL, run, shaped } from '../token-shape.ts';

export const vault = {
  id: 'vault',
  label: 'HashiCorp Vault',
  family: 'token',
  docs: 'https://developer.hashicorp.com/vault/docs/concepts/tokens',
  revoke: 'https://developer.hashicorp.com/vault/docs/commands/token/revoke',
  formats: [
    shaped({ id: 'vault.service-token', shape: ['hvs.', run(BASE64URL, 90, 120)], variable: 'VAULT_TOKEN' }),
    // Of a root user, who may do everything: https://developer.hashicorp.com/vault/docs/concepts/tokens#token-prefixes
    shaped({ id: 'vault.root-token', shape: ['hvs.', run(ALNUM, 24)], variable: 'VAULT_TOKEN' }),
    shaped({ id: 'vault.batch-token', shape: ['hvb.', run(BASE64URL, 138, 300)], variable: 'VAULT_TOKEN' }),
  ],
  noProbe: 'every Vault is a server of its own, and what a package says about its address cannot be trusted',
} as const satisfies Service;
