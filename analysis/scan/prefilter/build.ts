/** Compiles the prefilter: `node analysis/scan/prefilter/build.ts` after every change to its sources. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compileAssembly } from '../../assembly.ts';

export const COMPILED = join(import.meta.dirname, 'prefilter.wasm');

/** The bytes of the module that the source compiles to. */
export function compile(): Promise<Uint8Array> {
  const features = ['--enable', 'simd,bulk-memory,relaxed-simd'];
  return compileAssembly(import.meta.dirname, 'prefilter', [...features, '--memoryBase', '512', '--initialMemory', '192']);
}

if (import.meta.main) await writeFile(COMPILED, await compile());
