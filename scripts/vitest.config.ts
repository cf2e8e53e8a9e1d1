import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { SkipReporter } from './skips.ts';

// The programs that tests start compile what they load once, not each time; the same folder as launch.mjs has.
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(new URL('../node_modules/.cache/compile', import.meta.url));

export default defineConfig({
  test: {
    include: ['{crawler,analysis,reports,data,scripts}/**/*.test.ts'],
    environment: 'node',
    globalSetup: ['data/postgres/test-setup.ts'],
    // Node's own type stripping runs the tests, so what passes here is what `node` runs.
    experimental: { viteModuleRunner: false },
    // More than there are cores: a third of the tests' time is waiting, for child processes and for clocks.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    // One process for many files: modules are loaded and compiled once for each core, not for each of 140 files.
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Real sockets and processes on a machine that others use: what fails twice is broken.
    retry: process.env['CI'] === undefined ? 0 : 1,
    reporters: ['default', new SkipReporter()],
  },
});
