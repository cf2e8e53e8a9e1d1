/** Compiles the decoder: `node analysis/archive/inflate/build.ts` after every change to `inflate.as`. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { main } from 'assemblyscript/asc';

const SOURCE = join(import.meta.dirname, 'inflate.as');
export const COMPILED = join(import.meta.dirname, 'inflate.wasm');

/** The bytes of the module that the source compiles to. */
export async function compile(): Promise<Uint8Array> {
  let module: Uint8Array | null = null;
  const source = await readFile(SOURCE, 'utf8');
  const options = [
    '--optimizeLevel',
    '3',
    '--shrinkLevel',
    '0',
    '--converge',
    '--noAssert',
    '--runtime',
    'stub',
    '--enable',
    'simd,bulk-memory',
  ];
  const memory = ['--initialMemory', '9', '--maximumMemory', '9', '--memoryBase', '524288'];
  let messages = '';
  const { error } = await main(['inflate.ts', '--outFile', 'inflate.wasm', ...options, ...memory], {
    readFile: (name) => (name === 'inflate.ts' ? source : null),
    writeFile: (name, contents) => {
      if (name === 'inflate.wasm' && typeof contents !== 'string') module = contents;
    },
    listFiles: () => [],
    stderr: {
      write(chunk) {
        messages += chunk;
      },
    },
  });
  if (error || !module) throw new Error(`the decoder does not compile: ${messages}`, { cause: error });
  return module;
}

if (import.meta.main) await writeFile(COMPILED, await compile());
