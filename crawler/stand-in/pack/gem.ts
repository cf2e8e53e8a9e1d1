/** The `.gem` format as `gem build` writes it: an uncompressed tar of three gzips. */
import { createHash } from 'node:crypto';
import type { WorldArtifact } from '../world.ts';
import { gzipOf, tarOf } from './containers.ts';
import type { Subject } from '../pack.ts';

export async function packGem(subject: Subject, artifact: WorldArtifact): Promise<Uint8Array> {
  const metadata = gzipOf(gemspec(subject, artifact));
  const data = gzipOf(await tarOf(artifact.files));
  const parts = [
    { path: 'metadata.gz', content: metadata },
    { path: 'data.tar.gz', content: data },
  ];
  const checksums = ['---\n'];
  for (const algorithm of ['SHA256', 'SHA512']) {
    checksums.push(`${algorithm}:\n`);
    for (const part of parts) {
      checksums.push(`  ${part.path}: ${createHash(algorithm).update(part.content).digest('hex')}\n`);
    }
  }
  return tarOf([...parts, { path: 'checksums.yaml.gz', content: gzipOf(checksums.join('')) }], 0o444);
}

function gemspec(subject: Subject, artifact: WorldArtifact): string {
  const files = artifact.files.map((file) => `- ${quoted(file.path)}\n`).join('');
  return `--- !ruby/object:Gem::Specification
name: ${quoted(subject.name)}
version: !ruby/object:Gem::Version
  version: ${quoted(subject.version)}
platform: ${artifact.platform === '' ? 'ruby' : quoted(artifact.platform)}
authors:
- A. Author
autorequire:
bindir: bin
cert_chain: []
date: ${subject.publishedAt.slice(0, 10)} 00:00:00.000000000 Z
dependencies: []
description: ${quoted(`What ${subject.name} is for.`)}
email:
executables: []
extensions: []
extra_rdoc_files: []
files:${files === '' ? ' []\n' : `\n${files}`}homepage: https://example.org/
licenses:
- MIT
metadata: {}
post_install_message:
rdoc_options: []
require_paths:
- lib
required_ruby_version: !ruby/object:Gem::Requirement
  requirements:
  - - ">="
    - !ruby/object:Gem::Version
      version: '0'
required_rubygems_version: !ruby/object:Gem::Requirement
  requirements:
  - - ">="
    - !ruby/object:Gem::Version
      version: '0'
requirements: []
rubygems_version: 3.3.15
signing_key:
specification_version: 4
summary: ${quoted(`An invented gem named ${subject.name}`)}
test_files: []
`;
}

/** A JSON string is a YAML double-quoted scalar. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
