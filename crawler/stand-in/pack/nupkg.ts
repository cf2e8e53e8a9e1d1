/** The `.nupkg` format: a zip in the Open Packaging Conventions, with the nuspec at its root. */
import { createHash } from 'node:crypto';
import type { WorldArtifact, WorldFile } from '../world.ts';
import { zipOf } from './containers.ts';
import type { Subject } from '../pack.ts';

const XML = '<?xml version="1.0" encoding="utf-8"?>\n';
const RELATIONSHIPS = 'http://schemas.openxmlformats.org/package/2006/relationships';
const CORE_PROPERTIES = `${RELATIONSHIPS}/metadata/core-properties`;

export function packNupkg(subject: Subject, artifact: WorldArtifact): Uint8Array {
  const payload = artifact.files.map((file) => ({ path: encodedPath(file.path), content: file.content }));
  const nuspec = `${subject.name}.nuspec`;
  const id = createHash('md5').update(`${subject.name} ${subject.version}`).digest('hex');
  const properties = `package/services/metadata/core-properties/${id}.psmdcp`;
  return zipOf([
    { path: '_rels/.rels', content: relationships(nuspec, properties) },
    { path: nuspec, content: nuspecOf(subject) },
    ...payload,
    { path: '[Content_Types].xml', content: contentTypes(payload) },
    { path: properties, content: coreProperties(subject) },
  ]);
}

/** Names are written as URI segments; what is not ASCII stays raw, as the client does since its version 4.6. */
function encodedPath(path: string): string {
  return path
    .split('/')
    .map((segment) => segment.replace(/[^\w.~\u0080-\uffff-]/g, encodeURIComponent))
    .join('/');
}

function nuspecOf(subject: Subject): string {
  return `${XML}<package xmlns="http://schemas.microsoft.com/packaging/2010/07/nuspec.xsd">
  <metadata>
    <id>${escaped(subject.name)}</id>
    <version>${escaped(subject.version)}</version>
    <authors>A. Author</authors>
    <requireLicenseAcceptance>false</requireLicenseAcceptance>
    <description>An invented package named ${escaped(subject.name)}</description>
  </metadata>
</package>`;
}

function relationships(nuspec: string, properties: string): string {
  return `${XML}<Relationships xmlns="${RELATIONSHIPS}">
  <Relationship Type="http://schemas.microsoft.com/packaging/2010/07/manifest" Target="/${escaped(nuspec)}" Id="R1" />
  <Relationship Type="${CORE_PROPERTIES}" Target="/${properties}" Id="R2" />
</Relationships>`;
}

function contentTypes(payload: readonly WorldFile[]): string {
  const types = new Map([
    ['rels', 'application/vnd.openxmlformats-package.relationships+xml'],
    ['psmdcp', 'application/vnd.openxmlformats-package.core-properties+xml'],
    ['nuspec', 'application/octet'],
  ]);
  const overrides: string[] = [];
  for (const file of payload) {
    const name = file.path.slice(file.path.lastIndexOf('/') + 1);
    const dot = name.lastIndexOf('.');
    if (dot === -1) overrides.push(`  <Override PartName="/${escaped(file.path)}" ContentType="application/octet" />\n`);
    else types.set(name.slice(dot + 1).toLowerCase(), types.get(name.slice(dot + 1).toLowerCase()) ?? 'application/octet');
  }
  const defaults = [...types].map(
    ([extension, type]) => `  <Default Extension="${escaped(extension)}" ContentType="${type}" />\n`,
  );
  return `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
${defaults.join('')}${overrides.join('')}</Types>`;
}

function coreProperties(subject: Subject): string {
  return `${XML}<coreProperties xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns="http://schemas.openxmlformats.org/package/2006/metadata/core-properties">
  <dc:creator>A. Author</dc:creator>
  <dc:description>An invented package named ${escaped(subject.name)}</dc:description>
  <dc:identifier>${escaped(subject.name)}</dc:identifier>
  <version>${escaped(subject.version)}</version>
</coreProperties>`;
}

function escaped(text: string): string {
  return text.replace(/[<>&"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
