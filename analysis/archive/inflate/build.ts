/** Compiles the decoder: `node analysis/archive/inflate/build.ts` after every change to `inflate.as`. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compileAssembly } from '../../assembly.ts';

export const COMPILED = join(import.meta.dirname, 'inflate.wasm');

/** The bytes of the module that the source compiles to. */
export function compile(): Promise<Uint8Array> {
  const memory = ['--initialMemory', '9', '--maximumMemory', '9', '--memoryBase', '524288'];
  return compileAssembly(import.meta.dirname, 'inflate', ['--enable', 'simd,bulk-memory', ...memory]);
}

if (import.meta.main) await writeFile(COMPILED, await compile());
