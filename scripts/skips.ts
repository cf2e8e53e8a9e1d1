/**
 * A reporter for what did not run: a test that needs a tool of another ecosystem is skipped where the tool is missing, and
 * says so here in plain words. With REQUIRE_TOOLS set, a skip is a failure.
 */
import type { Reporter, TestModule } from 'vitest/node';

export class SkipReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    const skipped: string[] = [];
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed' || state === 'failed' || state === 'skipped') counts[state] += 1;
        if (state === 'skipped') skipped.push(`${module.relativeModuleId}: ${test.fullName}`);
      }
      if (module.errors().length > 0) counts.failed += 1;
    }
    for (const name of skipped) process.stdout.write(`SKIPPED ${name}\n`);
    if (skipped.length > 0 && process.env['REQUIRE_TOOLS'] !== undefined) {
      process.stdout.write('REQUIRE_TOOLS is set, and tests were skipped: install what they name.\n');
      process.exitCode = 1;
    }
    process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
  }
}
