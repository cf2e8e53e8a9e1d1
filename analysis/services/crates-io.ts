import {
  ANSWERS_NOT_COMPARED,
  active,
  apiAnswer,
  inactive,
  inHeader,
  names,
  restricted,
  saysAt,
  verdictTable,
} from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, run, shaped } from '../token-shape.ts';

const DOCS = 'https://doc.rust-lang.org/cargo/reference/registry-web-api.html';

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
        'https://github.com/rust-lang/crates.io/blob/main/src/auth.rs',
      ),
      inactive(
        'authentication-failed',
        [401, 403],
        [saysAt('errors.0.detail', /^(?:authentication failed|must be logged in|The given API token does not match)/)],
        'https://github.com/rust-lang/crates.io/blob/main/src/util/errors.rs',
      ),
      inactive('unauthorized', 401, [apiAnswer], DOCS),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the wording of the refusals'],
} as const satisfies Service;
