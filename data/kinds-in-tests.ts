/** Tests that hold for every kind of database: each is run on each. */
import { describe } from 'vitest';
import type { TestKind } from './example.ts';
import { isServerMissing } from './postgres/test-server.ts';

const KINDS = [
  { kind: 'sqlite', isMissing: false, note: '' },
  { kind: 'postgres', isMissing: isServerMissing, note: isServerMissing ? ' (skipped: postgresql is not installed)' : '' },
] as const;

/** A group of tests for each kind of database; plainly skipped where its server is not installed. */
export function describeOnEach(title: string, tests: (kind: TestKind) => void): void {
  for (const { kind, isMissing, note } of KINDS)
    describe.skipIf(isMissing)(`${title}, on ${kind}${note}`, () => {
      tests(kind);
    });
}
