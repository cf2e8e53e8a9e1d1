import type { Service } from '../service.ts';
import { HEX, run, shaped } from '../token-shape.ts';

export const clojars = {
  id: 'clojars',
  label: 'Clojars',
  family: 'token',
  docs: 'https://github.com/clojars/clojars-web/wiki/Deploy-Tokens',
  revoke: 'https://clojars.org/tokens',
  formats: [
    // The server's own check is this pattern: is-deploy-token? in clojars/clojars-web, src/clojars/db.clj.
    shaped({ id: 'clojars.deploy-token', shape: ['CLOJARS_', run(HEX, 60)], variable: 'CLOJARS_PASSWORD' }),
  ],
  noProbe: 'a deploy token is good for deploying alone, and nothing else can be asked with it',
} as const satisfies Service;
