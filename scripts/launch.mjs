#!/usr/bin/env -S node --max-semi-space-size=4
// The door of the command line, in plain JavaScript so that a Node too old to strip types can still say so.
// `npm run` puts the project's own Node (node_modules/.bin/node) first; a shell that starts this file directly
// may not, so an older Node starts the project's own instead.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major > 24 || (major === 24 && minor >= 15)) {
  // What was compiled is kept beside the packages, so that the next command starts at once; where nobody may write, it is not.
  const { enableCompileCache } = await import('node:module');
  enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/compile', import.meta.url)));
  await import('./cli.ts');
} else {
  const own = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));
  if (process.env.INCIDENCE_RELAUNCHED || !existsSync(own)) {
    console.error(
      `incidence needs Node 24.15 or newer, and this is Node ${process.versions.node}.\n` +
        'Run `npm ci` in the project folder: it brings a Node of its own, which `npm start` and `npm run` then use.',
    );
    process.exit(1);
  }
  const child = spawn(own, [...process.execArgv, fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, INCIDENCE_RELAUNCHED: '1' },
  });
  // Ctrl-C reaches the child by itself, as one of the terminal's group; other signals are handed on. Either way this process
  // outlives the child, which may have packages in hand to finish.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (status, signal) => {
    if (signal) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    } else process.exit(status ?? 1);
  });
}
