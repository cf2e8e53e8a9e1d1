/** Wheels (zip with a dist-info folder, PEP 427) and source distributions (one folder with PKG-INFO). */
import { createHash } from 'node:crypto';
import type { WorldArtifact, WorldFile } from '../world.ts';
import { bytesOf, gzipOf, tarOf, zipOf } from './containers.ts';
import type { Subject } from '../pack.ts';

export function packWheel(subject: Subject, artifact: WorldArtifact): Uint8Array {
  const [distribution = '', version = '', ...tags] = artifact.filename.replace(/\.whl$/, '').split('-');
  const info = `${distribution}-${version}.dist-info`;
  const tag = tags.slice(-3).join('-');
  const files: WorldFile[] = [
    ...artifact.files,
    { path: `${info}/METADATA`, content: metadata(subject) },
    {
      path: `${info}/WHEEL`,
      content: `Wheel-Version: 1.0\nGenerator: bdist_wheel (0.41.2)\nRoot-Is-Purelib: ${tag.endsWith('-any')}\nTag: ${tag}\n`,
    },
    { path: `${info}/top_level.txt`, content: `${distribution}\n` },
  ];
  const record = files.map((file) => `${csvField(file.path)},${recordHash(file)},${bytesOf(file).length}\n`).join('');
  return zipOf([...files, { path: `${info}/RECORD`, content: `${record}${info}/RECORD,,\n` }]);
}

export async function packSdist(subject: Subject, artifact: WorldArtifact): Promise<Uint8Array> {
  const root = artifact.filename.replace(/\.(tar\.gz|zip)$/, '');
  const files = [{ path: 'PKG-INFO', content: metadata(subject) }, ...artifact.files].map((file) => ({
    path: `${root}/${file.path}`,
    content: file.content,
  }));
  return artifact.filename.endsWith('.zip') ? zipOf(files) : gzipOf(await tarOf(files));
}

function metadata(subject: Subject): string {
  return `Metadata-Version: 2.1\nName: ${subject.name}\nVersion: ${subject.version}\nSummary: An invented package named ${subject.name}\nAuthor: A. Author\nLicense: MIT\n`;
}

function recordHash(file: WorldFile): string {
  return `sha256=${createHash('sha256').update(bytesOf(file)).digest('base64url')}`;
}

function csvField(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
