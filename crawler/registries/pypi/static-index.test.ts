/** Wheels and sdists made by Python's `build`, as a static index in either form of the simple API (PEP 503, PEP 691). */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pypiOrigins } from '../../stand-in/pypi.ts';
import { file } from '../../stand-in/replies.ts';
import type { Handler } from '../../stand-in/server.ts';
import { openSession } from '../../stand-in/session.ts';
import { toolNamed } from '../../stand-in/tool.ts';
import { pypi } from './index.ts';

/** Debian's Python has `build` where a Python of one's own has not. */
const python = ['/usr/bin/python3', 'python3']
  .map((name) => ({ name, tool: toolNamed(name) }))
  .find(
    ({ tool }) =>
      !tool.isMissing && tool.run(['-c', 'import build, setuptools; print("both")'], { mayFail: true }).includes('both'),
  )?.tool;

interface Built {
  readonly filename: string;
  readonly bytes: Buffer;
  readonly sha256: string;
}

let folder = '';
let built: readonly Built[] = [];
beforeAll(() => {
  if (python === undefined) return;
  folder = mkdtempSync(join(tmpdir(), 'incidence-build-'));
  mkdirSync(join(folder, 'demo_project'));
  writeFileSync(join(folder, 'demo_project/__init__.py'), 'WORDS = "some"\n');
  const project = '[project]\nname = "Demo.Project"\nversion = "1.10"\n[tool.setuptools]\npackages = ["demo_project"]\n';
  writeFileSync(join(folder, 'pyproject.toml'), `[build-system]\nrequires = ["setuptools"]\n${project}`);
  python.run(['-m', 'build', '--no-isolation', '--outdir', join(folder, 'dist'), folder]);
  built = readdirSync(join(folder, 'dist')).map((filename) => {
    const bytes = readFileSync(join(folder, 'dist', filename));
    return { filename, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FORMS = {
  'PEP 503, HTML': {
    type: 'text/html',
    root: () => '<!DOCTYPE html><html><body><a href="/simple/demo-project/">Demo.Project</a></body></html>',
    project: () => built.map(({ filename, sha256 }) => `<a href="/dist/${filename}#sha256=${sha256}">${filename}</a>`).join('\n'),
  },
  'PEP 691, JSON': {
    type: 'application/vnd.pypi.simple.v1+json',
    root: () => JSON.stringify({ meta: { 'api-version': '1.0' }, projects: [{ name: 'Demo.Project' }] }),
    project: () =>
      JSON.stringify({
        meta: { 'api-version': '1.0' },
        name: 'demo-project',
        files: built.map(({ filename, sha256 }) => ({ filename, url: `/dist/${filename}`, hashes: { sha256 } })),
      }),
  },
} as const;

/** As any server of static files: what is not there is not found. */
function served(form: keyof typeof FORMS): Handler {
  const { type, root, project } = FORMS[form];
  return ({ path, headers }) => {
    const one = built.find(({ filename }) => path === `/dist/${filename}`);
    if (one !== undefined) return file(one.bytes, headers['range']);
    const page = { '/simple/': root, '/simple/demo-project/': project }[path];
    return page === undefined ? { status: 404, body: '' } : { status: 200, headers: { 'content-type': type }, body: page() };
  };
}

describe.skipIf(python === undefined)(`artifacts by Python's build${python ? '' : ' (skipped: build is not installed)'}`, () => {
  test.each(['PEP 503, HTML', 'PEP 691, JSON'] as const)('%s: the project, its newest release, wheel and sdist', async (form) => {
    await using session = await openSession(
      pypi,
      () => served(form),
      (origin) => ({ ...pypiOrigins(origin), files: origin }),
    );
    const pages = await Array.fromAsync(pypi.names(null, session.io));
    expect(pages.flatMap(({ names }) => names)).toEqual([{ name: 'Demo.Project', key: 'demo-project' }]);
    const found = await pypi.latest('Demo.Project', session.io, { artifacts: 'all' });
    if (!('artifacts' in found)) throw new Error(`expected a release, not ${found.reason}`);
    expect(found.version).toBe('1.10');
    expect(found.artifacts.map(({ kind }) => kind).toSorted()).toEqual(['sdist', 'wheel']);
    for (const artifact of found.artifacts) {
      const { bytes } = await session.io.download(artifact, { maxBytes: 100_000 });
      const one = built.find(({ filename }) => filename === artifact.filename);
      expect(artifact.digest).toEqual({ algorithm: 'sha256', hex: one?.sha256 });
      expect(Buffer.compare(bytes, one?.bytes ?? Buffer.alloc(0))).toBe(0);
    }
  });
});
