import { expect, test } from 'vitest';
import { labelOf } from './label.ts';

test.each([
  ['source', ['thing-1.0.0.tgz', 'package/lib/index.js']],
  ['source', ['thing.whl', 'thing/client.py']],
  ['test', ['thing-1.0.0.gem', 'spec/client_spec.rb']],
  ['test', ['thing-1.0.0.tgz', 'package/src/client.test.ts']],
  ['test', ['thing.tar.gz', 'thing-1.0/tests/cassettes/login.yaml']],
  ['documentation', ['thing-1.0.0.tgz', 'package/README.md']],
  ['documentation', ['thing-1.0.0.tgz', 'package/examples/send.js']],
  ['vendored', ['thing-1.0.0.tgz', 'package/node_modules/other/test/a.js']],
  ['vendored', ['thing-1.0.0.gem', 'vendor/bundle/x.rb']],
  ['build-output', ['thing-1.0.0.tgz', 'package/dist/index.js']],
  ['build-output', ['thing.1.0.0.nupkg', 'lib/net8.0/Thing.dll']],
  ['build-output', ['thing-1.0.0.tgz', 'package/index.min.js']],
  ['configuration', ['thing-1.0.0.tgz', 'package/.env.production']],
  ['configuration', ['thing.1.0.0.nupkg', 'content\\appsettings.Development.json']],
  ['configuration', ['thing-1.0.0.tgz', 'package/.npmrc']],
  ['metadata', ['thing-1.0.0.tgz', 'package/package.json']],
  ['metadata', ['thing.whl', 'thing-1.0.dist-info/METADATA']],
  ['metadata', ['thing.1.0.0.nupkg', 'Thing.nuspec']],
  ['metadata', ['thing-1.0.0.gem', 'metadata.gz']],
  ['source', ['tests-1.0.0.tgz', 'package/lib/x.js']],
  ['test', ['thing.whl', 'thing/data.jar', 'META/test/x.class']],
] as const)('%s: %j', (label, path) => {
  expect(labelOf(path)).toBe(label);
});
