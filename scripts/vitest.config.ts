import { defineConfig } from 'vitest/config';
import { SkipReporter } from './skips.ts';

export default defineConfig({
  test: {
    include: ['{crawler,analysis,reports,data,scripts}/**/*.test.ts'],
    environment: 'node',
    globalSetup: ['data/postgres/test-setup.ts'],
    // Node's own type stripping runs the tests, so what passes here is what `node` runs.
    experimental: { viteModuleRunner: false },
    // Every core: half of the tests' time is waiting, for child processes and for clocks.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Real sockets and processes on a machine that others use: what fails twice is broken.
    retry: process.env['CI'] === undefined ? 0 : 1,
    reporters: ['default', new SkipReporter()],
  },
});
