import { active, field, inactive, inHeader, names, restricted, saysAt, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, run, shaped } from '../token-shape.ts';

const DOCS = 'https://doc.rust-lang.org/cargo/reference/registry-web-api.html';
/** The server's own source: what it says and in which order. */
const SOURCE = 'https://github.com/rust-lang/crates.io/blob/main/src';

export const cratesIo = {
  id: 'crates-io',
  label: 'crates.io',
  family: 'token',
  docs: DOCS,
  revoke: 'https://crates.io/settings/tokens',
  formats: [shaped({ id: 'crates-io.api-token', shape: ['cio', run(ALNUM, 32)], variable: 'CARGO_REGISTRY_TOKEN' })],
  probe: {
    hosts: ['crates.io'],
    effect: 'reads',
    requests: inHeader('https://crates.io/api/v1/me', 'authorization'),
    read: verdictTable([
      active('me', 200, [names('user.id')], 'https://crates.io/api/openapi.json (/api/v1/me)'),
      restricted(
        'scoped',
        403,
        [
          saysAt(
            'errors.0.detail',
            /does not have the required permissions|only be (?:done|accessed) on the (?:crates\.io )?website|this action can only be performed on the crates\.io website/,
          ),
        ],
        `${SOURCE}/auth.rs`,
      ),
      // Said only after the token was found.
      restricted('locked', 403, [saysAt('errors.0.detail', /^This account is (?:indefinitely )?locked/)], `${SOURCE}/auth.rs`),
      inactive('authentication-failed', 403, [field('errors.0.detail', 'authentication failed')], `${SOURCE}/auth.rs`),
      inactive(
        'wrong-format',
        401,
        [saysAt('errors.0.detail', /^The given API token does not match the format used by crates\.io/)],
        `${SOURCE}/util/errors/json.rs`,
      ),
    ]),
  },
} as const satisfies Service;
