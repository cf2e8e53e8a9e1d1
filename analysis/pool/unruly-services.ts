/** Services whose checks do to a thread what no check should: for tests of the pool. */
import { INVENTED, inventedService } from '../detect/invented-services.ts';
import type { Format } from '../service.ts';

function format(name: string, misbehave: () => boolean): Format {
  return {
    id: `unruly.${name}`,
    literals: [`${name}_`],
    pattern: new RegExp(`(?<![A-Za-z0-9_])(?<token>${name}_[a-z0-9]{20})(?![A-Za-z0-9_])`),
    maxLength: 21 + name.length,
    accepts: misbehave,
    redact: () => '…',
    samples: () => ({ hits: [], misses: [] }),
  };
}

function spin(): never {
  for (;;);
}

function leave(): never {
  process.exit(3);
}

function hoard(): never {
  const held: number[][] = [];
  for (;;) held.push(Array.from<number>({ length: 1_000_000 }).fill(0.5));
}

export const SERVICES = [
  ...INVENTED,
  inventedService('unruly', format('spinning', spin), format('leaving', leave), format('hoarding', hoard)),
];
