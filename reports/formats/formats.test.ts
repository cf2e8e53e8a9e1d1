import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { exampleHistory, exampleStatistics } from '../example.ts';
import { FORMATS } from './index.ts';

const statistics = exampleStatistics({ history: exampleHistory() });

const rendered = new Map<string, Promise<ReadonlyMap<string, string>>>();

/** What a format makes of them; made once for all tests. */
async function filesOf(id: string): Promise<ReadonlyMap<string, string>> {
  const made = rendered.get(id) ?? render(id);
  rendered.set(id, made);
  return await made;
}

async function render(id: string): Promise<ReadonlyMap<string, string>> {
  const files = (await FORMATS.find((one) => one.id === id)?.render(statistics)) ?? [];
  expect(new Set(files.map(({ name }) => name)).size).toBe(files.length);
  return new Map(files.map(({ name, content }) => [name, content]));
}

describe.each(FORMATS.map(({ id }) => ({ id })))('format $id', ({ id }) => {
  test('same statistics, same bytes; files with names of their own', async () => {
    const files = await filesOf(id);
    expect(await render(id)).toEqual(files);
    expect(files.size).toBeGreaterThan(0);
    for (const content of files.values()) expect(content.endsWith('\n')).toBe(true);
  });
});

test('the same bytes in another time zone and language', async () => {
  const script = `
    import { FORMATS } from './reports/formats/index.ts';
    import { exampleHistory, exampleStatistics } from './reports/example.ts';
    import { createHash } from 'node:crypto';
    const hash = createHash('sha256');
    for (const format of FORMATS)
      for (const { name, content } of await format.render(exampleStatistics({ history: exampleHistory() }))) hash.update(name).update(content);
    process.stdout.write(hash.digest('hex'));`;
  const TZ = new Intl.DateTimeFormat().resolvedOptions().timeZone === 'Pacific/Kiritimati' ? 'UTC' : 'Pacific/Kiritimati';
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: new URL('../..', import.meta.url).pathname,
    env: { ...process.env, TZ, LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' },
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  const here = createHash('sha256');
  for (const { id } of FORMATS) for (const [name, content] of await filesOf(id)) here.update(name).update(content);
  expect(stdout).toBe(here.digest('hex'));
});

describe('tables', () => {
  test('CSV, JSON and metadata tell the same rows and columns', async () => {
    const [csv, json] = [await filesOf('csv'), await filesOf('json')];
    for (const id of ['totals', 'distribution', 'verdicts', 'services', 'clusters', 'history', 'reasons']) {
      const lines = csv.get(`data/${id}.csv`)?.trimEnd().split('\n') ?? [];
      const rows = JSON.parse(json.get(`data/${id}.json`) ?? '') as Record<string, unknown>[];
      const metadata = JSON.parse(csv.get(`data/${id}.metadata.json`) ?? '') as {
        rows: number;
        columns: { name: string; meaning: string }[];
        query: { sql: string } | null;
      };
      const columns = metadata.columns.map(({ name }) => name);
      expect(lines[0]).toBe(columns.join(','));
      expect(lines).toHaveLength(rows.length + 1);
      expect(metadata.rows).toBe(rows.length);
      expect(metadata.columns.every(({ meaning }) => meaning.endsWith('.'))).toBe(true);
      expect(metadata.query?.sql).toMatch(/^select/);
      for (const row of rows) expect(Object.keys(row)).toEqual(columns);
    }
  });

  test('nothing found, not covered and suppressed differ', async () => {
    const json = await filesOf('json');
    const rowsOf = (id: string) => JSON.parse(json.get(`data/${id}.json`) ?? '') as Record<string, unknown>[];
    const totals = rowsOf('totals');
    expect(totals.find((row) => row['registry'] === 'nuget')).toMatchObject({
      status: 'measured',
      detections: 0,
      analyzed: 15_000,
    });
    expect(totals.find((row) => row['registry'] === 'npm')).toMatchObject({
      status: 'not analysed',
      detections: null,
      analyzed: null,
    });
    const services = rowsOf('services').filter((row) => row['service'] === 'aws');
    expect(services.find((row) => row['registry'] === 'nuget')).toMatchObject({ packages: 0, suppressed: false });
    expect(services.find((row) => row['registry'] === 'pypi')).toMatchObject({ packages: null, suppressed: true });
  });

  test('a policy that was not used has no zeros', async () => {
    const [format] = FORMATS.filter((one) => one.id === 'json');
    const files = (await format?.render({ ...statistics, policyUsed: false })) ?? [];
    const totals = JSON.parse(files.find(({ name }) => name === 'data/totals.json')?.content ?? '') as Record<string, unknown>[];
    expect(totals[0]).toMatchObject({ status: 'policy not used', analyzed: 12_000, detections: null, per_10k: null });
  });
});

test('every link of the Markdown section leads to a file that is written', async () => {
  const files = new Set<string>();
  for (const { id } of FORMATS) for (const name of (await filesOf(id)).keys()) files.add(name);
  const text = (await filesOf('markdown')).get('sq34401-section.md') ?? '';
  const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1] ?? '').filter((url) => !url.startsWith('https:'));
  expect(links.length).toBeGreaterThan(20);
  expect(links.filter((url) => !files.has(url))).toEqual([]);
});

test('a specification holds the figures of its chart', async () => {
  const spec = JSON.parse((await filesOf('svg')).get('charts/rates.vl.json') ?? '') as { data: { values: { label: string }[] } };
  expect(spec.data.values.map((row) => row.label)).toEqual(expect.arrayContaining(['400', '156', '90', '44']));
});
