/** `report` as people start it: files, a section inside a document, and whether it is current. */
import { spawnSync } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exampleDatabase } from '../data/example.ts';
import type { Statistics } from '../data/statistics/model.ts';
import { readStatistics, writeReport } from './commands/report.ts';
import { EXIT, UsageError } from './errors.ts';
import { bringUpToDate, outdatedFiles } from './report-into.ts';

const CLI = resolve(import.meta.dirname, 'cli.ts');
const folder = mkdtempSync(join(tmpdir(), 'incidence-report-'));
let db = '';
let statistics: Statistics;
let release: (() => Promise<void>) | undefined;

beforeAll(async () => {
  const made = await exampleDatabase();
  release = async () => await made[Symbol.asyncDispose]();
  db = made.path;
  statistics = await readStatistics(db, 'SQ34401', undefined);
});
afterAll(async () => {
  await release?.();
  rmSync(folder, { recursive: true, force: true });
});

function report(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'report', '--db', db, ...args], {
    encoding: 'utf8',
    cwd: folder,
  });
  return { code: status, stdout, stderr };
}

describe('report --into', { timeout: 120_000 }, () => {
  const page = join(folder, 'docs', 'page.mdx');
  const data = join(folder, 'docs', 'sq34401');

  test('writes the section and its files once, and knows when it is current', () => {
    mkdirSync(join(folder, 'docs'));
    writeFileSync(page, '# Mine\n\n{/* incidence:begin */}\n{/* incidence:end */}\n\nAfter.\n');
    expect(report('--into', page, '--check')).toMatchObject({
      code: EXIT.stale,
      stdout: expect.stringContaining('page.mdx') as string,
    });
    expect(readFileSync(page, 'utf8')).not.toContain('Incidence statistics');

    const first = report('--into', page);
    expect(first.stderr).toBe('');
    expect(first.code).toBe(EXIT.done);
    const text = readFileSync(page, 'utf8');
    expect(text).toMatch(/^# Mine\n\n\{\/\* incidence:begin \*\/\}\n\n## Incidence statistics\n/);
    expect(text).toMatch(/\{\/\* incidence:end \*\/\}\n\nAfter\.\n$/);
    expect(text).toContain('](./sq34401/data/totals.csv)');
    expect(readFileSync(join(data, 'data/totals.csv'), 'utf8')).toMatch(/^policy,registry,/);

    expect(report('--into', page, '--check')).toEqual({ code: EXIT.done, stdout: '', stderr: '' });
  });

  test('touches nothing that is current', async () => {
    expect(await outdatedFiles(statistics, { into: page, out: undefined, link: undefined })).toEqual([]);
  });

  test('notices a file that somebody changed', async () => {
    writeFileSync(join(data, 'data/totals.csv'), 'changed\n');
    const outdated = await outdatedFiles(statistics, { into: page, out: undefined, link: undefined });
    expect(outdated.map(({ path }) => path)).toEqual([join(data, 'data/totals.csv')]);
  });

  test('follows a link to the document, and writes the files where it is told', async () => {
    const other = join(folder, 'other.md');
    writeFileSync(other, '<!-- incidence:begin -->\nold\n<!-- incidence:end -->\n', { mode: 0o640 });
    const linked = join(folder, 'linked.md');
    symlinkSync(other, linked);
    bringUpToDate(await outdatedFiles(statistics, { into: linked, out: join(folder, 'static files'), link: '/incidence' }));
    expect(lstatSync(linked).isSymbolicLink()).toBe(true);
    expect(lstatSync(other).mode & 0o777).toBe(0o640);
    expect(readFileSync(other, 'utf8')).toContain('](/incidence/data/totals.csv)');
    expect(readFileSync(join(folder, 'static files/data/totals.csv'), 'utf8')).toMatch(/^policy,/);
    const [document] = await outdatedFiles(statistics, { into: linked, out: join(folder, 'static files'), link: undefined });
    expect(document?.content).toContain('](./static%20files/data/totals.csv)');
  });

  test.each([
    ['a document that is not there', 'none.md', undefined, /none\.md cannot be read \(ENOENT\); give an existing/],
    ['a document without markers', 'bare.md', undefined, /bare\.md has no markers: write/],
    ['a link that is none', 'docs/page.mdx', 'a b', /--link takes an address or a path such as/],
  ])('%s: what to do', async (_, name, link, message) => {
    writeFileSync(join(folder, 'bare.md'), '# Bare\n');
    const asked = outdatedFiles(statistics, { into: join(folder, name), out: undefined, link });
    await expect(asked).rejects.toThrow(UsageError);
    await expect(asked).rejects.toThrow(message);
  });

  test('a policy that is not in the catalogue: what there is', async () => {
    await expect(readStatistics(db, 'SQ99999', undefined)).rejects.toThrow(/no policy SQ99999 in the catalogue; it has SQ34251/);
  });

  test('--check without --into: exit code 2, and nothing on stdout', () => {
    expect(report('--check')).toMatchObject({
      code: EXIT.usage,
      stdout: '',
      stderr: expect.stringContaining('belong to --into FILE') as string,
    });
  });

  test('a folder that cannot be made: what to do', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(writeReport(statistics, join(folder, 'file'), ['csv'])).rejects.toThrow(
      /cannot be written \((ENOTDIR|EEXIST)\); choose another folder with --out/,
    );
  });
});
