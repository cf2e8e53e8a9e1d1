/** Compiles the prefilter: `node analysis/scan/build.ts` after every change to `prefilter.as`. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { main } from 'assemblyscript/asc';

const SOURCE = join(import.meta.dirname, 'prefilter.as');
export const COMPILED = join(import.meta.dirname, 'prefilter.wasm');

const OPTIONS = [
  '--optimizeLevel',
  '3',
  '--shrinkLevel',
  '0',
  '--converge',
  '--noAssert',
  '--runtime',
  'stub',
  '--enable',
  'simd,bulk-memory,relaxed-simd',
  // Everything in memory has its place in the source; nothing is ever allocated.
  '--memoryBase',
  '512',
  '--initialMemory',
  '192',
];

/** The bytes of the module that the source compiles to. */
export async function compile(): Promise<Uint8Array> {
  const source = await readFile(SOURCE, 'utf8');
  let module: Uint8Array | null = null;
  let messages = '';
  const { error } = await main(['prefilter.ts', '--outFile', 'prefilter.wasm', ...OPTIONS], {
    readFile: (name) => (name === 'prefilter.ts' ? source : null),
    writeFile(name, contents) {
      if (name === 'prefilter.wasm' && typeof contents !== 'string') module = contents;
    },
    listFiles: () => [],
    stderr: {
      write(chunk) {
        messages += chunk;
      },
    },
  });
  if (error !== null || module === null) throw new Error(`the prefilter does not compile: ${messages}`, { cause: error });
  return module;
}

if (import.meta.main) await writeFile(COMPILED, await compile());
