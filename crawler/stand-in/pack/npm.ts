/** The npm tarball: a gzipped tar whose entries stand under `package/`, with package.json first. */
import type { WorldArtifact } from '../world.ts';
import { gzipOf, tarOf } from './containers.ts';
import type { Subject } from '../pack.ts';

export async function packNpm(subject: Subject, artifact: WorldArtifact): Promise<Uint8Array> {
  const manifest = `${JSON.stringify({ name: subject.name, version: subject.version, license: 'MIT' }, null, 2)}\n`;
  const hasManifest = artifact.files.some((file) => file.path === 'package.json');
  const files = hasManifest ? artifact.files : [{ path: 'package.json', content: manifest }, ...artifact.files];
  return gzipOf(await tarOf(files.map((file) => ({ path: `package/${file.path}`, content: file.content }))));
}
