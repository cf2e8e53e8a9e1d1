/**
 * What `npm pack` would ship from a folder, as the archive that it would make, in memory.
 *
 * The list is npm's own (npm-packlist), read by rules that stand in files; nothing is executed. `npm pack` itself is not
 * called: it reads the folder's .npmrc and may run the package's scripts, and a look at a package must do neither. What
 * `prepack` or `prepare` would still make is therefore not in it: build first, or scan the file that `npm pack` made.
 */
import { readFileSync, realpathSync } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { buffer } from 'node:stream/consumers';
import packlist, { type PackTree } from 'npm-packlist';
import { pack } from 'tar-stream';
import { z } from 'zod';
import { UsageError } from './errors.ts';

export interface Packed {
  /** As npm names the file: `scope-name-1.0.0.tgz`. */
  readonly filename: string;
  /** A tar, not compressed. */
  readonly bytes: Uint8Array;
}

const manifestSchema = z.looseObject({
  name: z.string().optional().catch(undefined),
  version: z.string().optional().catch(undefined),
  bin: z
    .union([z.string(), z.record(z.string(), z.string())])
    .optional()
    .catch(undefined),
  files: z.array(z.string()).optional().catch(undefined),
  main: z.string().optional().catch(undefined),
  browser: z.unknown().optional(),
  bundleDependencies: z.unknown().optional(),
  bundledDependencies: z.unknown().optional(),
  dependencies: z.record(z.string(), z.unknown()).optional().catch(undefined),
  optionalDependencies: z.record(z.string(), z.unknown()).optional().catch(undefined),
});

/** @throws UsageError where the folder holds no package, or one larger than `maxBytes` */
export async function packInMemory(folder: string, maxBytes: number): Promise<Packed> {
  const root = resolve(folder);
  const manifest = readManifest(root);
  if (manifest === null)
    throw new UsageError(`${folder} holds no package that npm could pack: there is no package.json with a JSON object in it`);
  const files = await packlist(treeOf(await realpath(root), manifest, new Map(), true));
  const { name = 'package', version = '0.0.0' } = manifest;
  const filename = `${name.replace(/^@/, '').replaceAll('/', '-')}-${version}.tgz`;
  const archive = pack();
  const bytes = buffer(archive);
  let total = 0;
  for (const file of files) {
    const path = join(root, file);
    total += (await stat(path)).size;
    if (total > maxBytes)
      throw new UsageError(
        `npm would pack more than ${maxBytes} bytes of ${folder}; limits.artifactBytes says how many are looked at`,
      );
    archive.entry({ name: `package/${file}` }, await readFile(path));
  }
  archive.finalize();
  return { filename, bytes: await bytes };
}

type Manifest = z.infer<typeof manifestSchema>;

function readManifest(folder: string): Manifest | null {
  try {
    const text = readFileSync(join(folder, 'package.json'), 'utf8').replace(/^\uFEFF/, '');
    return manifestSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/**
 * As much of npm's tree of dependencies as decides what is bundled: each name is looked for where Node would find it, from
 * the package upwards, and never above the root.
 */
function treeOf(path: string, manifest: Manifest, known: Map<string, PackTree>, isProjectRoot: boolean, root = path): PackTree {
  const edges = new Map<string, PackTree['edgesOut'] extends ReadonlyMap<string, infer Edge> ? Edge : never>();
  const tree: PackTree = {
    path,
    package: { ...manifest, bin: binsOf(manifest), bundleDependencies: bundledBy(manifest) },
    isProjectRoot,
    isLink: false,
    get target() {
      return tree;
    },
    edgesOut: edges,
  };
  known.set(path, tree);
  const names = isProjectRoot
    ? bundledBy(manifest)
    : [...Object.keys(manifest.dependencies ?? {}), ...Object.keys(manifest.optionalDependencies ?? {})];
  for (const name of names) edges.set(name, { to: nodeOf(name, path, known, root), peer: false, dev: false });
  return tree;
}

function nodeOf(name: string, from: string, known: Map<string, PackTree>, root: string): PackTree | null {
  if (name.split('/').includes('..') || name === '') return null;
  for (let folder = from; folder === root || folder.startsWith(root + sep); folder = dirname(folder)) {
    const path = join(folder, 'node_modules', name);
    const manifest = readManifest(path);
    if (manifest !== null) {
      const real = realpathSync(path);
      const target = known.get(real) ?? treeOf(real, manifest, known, false, root);
      return real === path ? target : { ...target, path, isLink: true, target };
    }
    if (folder === root) return null;
  }
  return null;
}

function binsOf({ name, bin }: Manifest): Readonly<Record<string, string>> | undefined {
  return typeof bin === 'string' ? { [String(name)]: bin } : bin;
}

/** `true` bundles every dependency. */
function bundledBy(manifest: Manifest): readonly string[] {
  const bundled = manifest.bundleDependencies ?? manifest.bundledDependencies;
  if (bundled === true) return Object.keys(manifest.dependencies ?? {});
  return Array.isArray(bundled) ? bundled.filter((one) => typeof one === 'string') : [];
}
