/** Compiles AssemblyScript: the few loops over every byte that are WebAssembly with SIMD. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { main } from 'assemblyscript/asc';

/** Nothing is ever allocated: everything in memory has its place in the source. */
const OPTIONS = ['--optimizeLevel', '3', '--shrinkLevel', '0', '--converge', '--noAssert', '--runtime', 'stub'];

/**
 * The bytes of the module that `<name>.as` in the folder compiles to, with the sources in that folder that it imports.
 *
 * @param options of the compiler, besides those that all modules share
 * @throws with the compiler's messages where it does not compile
 */
export async function compileAssembly(folder: string, name: string, options: readonly string[]): Promise<Uint8Array> {
  let module: Uint8Array | null = null;
  let messages = '';
  const { error } = await main([`${name}.ts`, '--outFile', `${name}.wasm`, ...OPTIONS, ...options], {
    // The compiler knows its sources as .ts, which other tools would take for TypeScript.
    readFile: (path) => readFile(join(folder, path.replace(/\.ts$/, '.as')), 'utf8').catch(() => null),
    writeFile(path, contents) {
      if (path === `${name}.wasm` && typeof contents !== 'string') module = contents;
    },
    listFiles: () => [],
    stderr: {
      write(chunk) {
        messages += chunk;
      },
    },
  });
  if (error !== null || module === null) throw new Error(`${name}.as does not compile: ${messages}`, { cause: error });
  return module;
}
