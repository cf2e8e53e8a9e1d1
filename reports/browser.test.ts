/** The HTML page and the pictures, as a browser and librsvg show them. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exampleHistory, exampleStatistics } from './example.ts';
import { chartFiles, csvFiles } from './files.ts';
import { html, printHtmlSection } from './formats/html.ts';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));
const NO_CHROMIUM = CHROMIUM === undefined ? ' (SKIPPED: no chromium on this machine)' : '';
const RSVG = spawnSync('rsvg-convert', ['--version']).status === 0;

const statistics = exampleStatistics({ history: exampleHistory() });

describe.skipIf(CHROMIUM === undefined)(`in Chromium${NO_CHROMIUM}`, { timeout: 120_000 }, () => {
  let browser: Browser;
  let document: string;

  beforeAll(async () => {
    const { chromium } = await import('playwright-core');
    document = (await html.render(statistics))[0]?.content ?? '';
    browser = await chromium.launch({
      ...(CHROMIUM === undefined ? {} : { executablePath: CHROMIUM }),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
  });
  afterAll(async () => await browser.close());

  /** Opens a page, and notes whatever it asks of the world and complains about. */
  async function open(options: Opened, content = document): Promise<{ readonly page: Page; readonly noted: string[] }> {
    const page = await browser.newPage({ viewport: { width: options.width ?? 800, height: 900 } });
    await page.emulateMedia({ media: options.media ?? 'screen', colorScheme: options.colours ?? 'light' });
    const noted: string[] = [];
    page.on('request', (request) => noted.push(`asks for ${request.url().slice(0, 80)}`));
    page.on('console', (message) => noted.push(`says ${message.text()}`));
    page.on('pageerror', (error) => noted.push(`fails with ${error.message}`));
    await page.setContent(content);
    return { page, noted };
  }

  test('at every width and in every colour: accessible, nothing beside or on another, nothing asked', async () => {
    const { page, noted } = await open({});
    await page.evaluate(axe.source);
    for (const { width, colours, media, audited } of LOOKS) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ media, colorScheme: colours });
      const facts = await page.evaluate<Facts>(INSPECT);
      expect(facts.overflow).toBeLessThanOrEqual(0);
      expect(facts.charts).toHaveLength(4);
      for (const chart of facts.charts) {
        expect(chart.named && chart.table).toBe(true);
        expect(overlaps(chart.boxes)).toEqual([]);
      }
      if (!audited) continue;
      const { violations, passes } = await page.evaluate<axe.AxeResults>('axe.run()');
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
      expect({ width, colours, media, found }).toEqual({ width, colours, media, found: [] });
      expect(passes.map(({ id }) => id)).toEqual(expect.arrayContaining(['color-contrast', 'svg-img-alt']));
    }
    expect(noted).toEqual([]);
    await page.close();
  });

  test('axe tells a page with faults from one without', async () => {
    const { page } = await open(
      {},
      document.replace('--quiet: #59636e', '--quiet: #cccccc').replace('<html lang="en">', '<html>'),
    );
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate<axe.AxeResults>(`axe.run({ runOnly: ['color-contrast', 'html-has-lang'] })`);
    expect(violations.map(({ id }) => id).sort()).toEqual(['color-contrast', 'html-has-lang']);
    await page.close();
  });

  test('in print everything is dark on white, and whole', async () => {
    const { page } = await open({ media: 'print', colours: 'dark' });
    expect(await page.evaluate(`getComputedStyle(document.querySelector('main')).backgroundColor`)).toBe('rgb(255, 255, 255)');
    expect(await page.evaluate(`getComputedStyle(document.querySelector('.scroll')).overflowX`)).toBe('visible');
    await page.close();
  });

  test('tables sort by keyboard, by number, unknown ones last, and say so', async () => {
    const { page, noted } = await open({});
    const column = page.locator('table', { hasText: 'Packages analyzed' }).first();
    const names = async () => await column.locator('tbody th').allTextContents();
    const heading = column.getByRole('button', { name: 'Packages analyzed' });
    await heading.focus();
    await page.keyboard.press('Enter');
    expect(await names()).toEqual(['RubyGems', 'NuGet', 'PyPI', 'npm']);
    expect(await column.locator('th[aria-sort="ascending"]').allTextContents()).toEqual(['Packages analyzed']);
    await page.keyboard.press('Space');
    expect(await names()).toEqual(['PyPI', 'NuGet', 'RubyGems', 'npm']);
    expect(await column.locator('th[aria-sort="descending"]').allTextContents()).toEqual(['Packages analyzed']);
    await column.locator('thead button').first().click();
    expect(await names()).toEqual(['npm', 'NuGet', 'PyPI', 'RubyGems']);
    expect(await column.locator('th[aria-sort]').count()).toBe(1);
    expect(noted).toEqual([]);
    await page.close();
  });

  test('the data is in the page, and saved under its name', async () => {
    const { page } = await open({});
    const waiting = page.waitForEvent('download');
    await page.getByRole('link', { name: 'CSV' }).first().click();
    const download = await waiting;
    expect(download.suggestedFilename()).toBe('totals.csv');
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(Buffer.from(chunk as Uint8Array));
    expect(Buffer.concat(chunks).toString()).toBe(csvFiles(statistics)[0]?.content);
    await page.close();
  });

  test('a script that is not ours does not run, and nothing can be loaded', async () => {
    const intruder = '<script>document.title = "taken over"</script><img src="https://evil.example/x.png">';
    const { page, noted } = await open({}, '<p>first</p>');
    const blocked = page.waitForEvent('requestfailed').then((request) => request.failure()?.errorText);
    await page.setContent(document.replace('</main>', `${intruder}</main>`));
    expect(await page.title()).toContain('SQ34401');
    expect(await blocked).toBe('csp');
    expect(noted.join('\n')).toMatch(/violates the following Content Security Policy/);
    await page.close();
  });

  test('a section inside another page leaves that page as it is', async () => {
    const section = await printHtmlSection(statistics, {});
    const { page, noted } = await open({}, `<!doctype html><title>x</title><h1>Mine</h1><table><tr><td>1</table>${section}`);
    expect(await page.evaluate(`getComputedStyle(document.querySelector('h1')).borderBottomStyle`)).toBe('none');
    expect(await page.evaluate(`getComputedStyle(document.querySelector('body > table td')).padding`)).toBe('1px');
    expect(await page.locator('.incidence thead button').count()).toBeGreaterThan(10);
    expect(noted).toEqual([]);
    await page.close();
  });

  test('pictures: light, dark, and one that follows the reader', async () => {
    const files = (await chartFiles(statistics)).filter(({ name }) => name.endsWith('.svg'));
    const images = files.map(({ content }) => `<img src="data:image/svg+xml;base64,${Buffer.from(content).toString('base64')}">`);
    for (const colours of ['light', 'dark'] as const) {
      const { page } = await open({ colours }, images.join(''));
      const expected = files.map(({ name }) => {
        const isDark = name.endsWith('-dark.svg') || (colours === 'dark' && !name.endsWith('-light.svg'));
        return `${name} on ${isDark ? '13,17,23' : '255,255,255'}`;
      });
      const corners = await page.evaluate<string[]>(CORNERS);
      expect(files.map(({ name }, index) => `${name} on ${corners[index] ?? 'nothing'}`)).toEqual(expected);
      await page.close();
    }
  });
});

describe.skipIf(!RSVG)(`in librsvg${RSVG ? '' : ' (SKIPPED: no rsvg-convert on this machine)'}`, () => {
  test('every picture is drawn, bars and all', async () => {
    for (const { name, content } of (await chartFiles(statistics)).filter((file) => file.name.endsWith('.svg'))) {
      const { status, stdout, stderr } = spawnSync('rsvg-convert', ['--format', 'svg'], { input: content, maxBuffer: 1 << 26 });
      expect({ name, status, stderr: stderr.toString() }).toEqual({ name, status: 0, stderr: '' });
      // In librsvg's own output colours are numbers: that of a bar, or of a line, and more than an empty page.
      const bar = name.endsWith('-dark.svg') ? /rgb\((42|100|94)\./ : /rgb\((18|54|72|43)\./;
      expect({ name, drawn: bar.test(stdout.toString()) }).toEqual({ name, drawn: true });
    }
  });
});

/** What axe says depends on the width or the colours, not on which go together: it is asked for each once. */
const LOOKS = [
  { width: 360, colours: 'light', media: 'screen', audited: false },
  { width: 360, colours: 'dark', media: 'screen', audited: true },
  { width: 800, colours: 'light', media: 'screen', audited: true },
  { width: 800, colours: 'dark', media: 'screen', audited: false },
  { width: 1400, colours: 'light', media: 'screen', audited: true },
  { width: 1400, colours: 'dark', media: 'screen', audited: false },
  { width: 800, colours: 'dark', media: 'print', audited: true },
] as const;

interface Opened {
  readonly width?: number;
  readonly colours?: 'light' | 'dark';
  readonly media?: 'screen' | 'print';
}

/** Runs in the page; a text, because the page's types are not ours. Of each chart only the picture of this width is shown. */
const INSPECT = `(() => ({
  overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  charts: [...document.querySelectorAll('svg[role=img]')].filter((svg) => svg.checkVisibility()).map((svg) => ({
    named: svg.getAttribute('aria-labelledby').split(' ').every((id) => document.getElementById(id).textContent !== ''),
    table: svg.closest('figure').parentElement.querySelector('table') !== null,
    boxes: [...svg.querySelectorAll('text')].map((text) => {
      const { left, right, top, bottom } = text.getBoundingClientRect();
      return { left, right, top, bottom, text: text.textContent };
    }),
  })),
}))()`;

/** The colour of the first pixel of each picture. */
const CORNERS = `Promise.all([...document.images].map(async (image) => {
  await image.decode();
  const context = document.createElement('canvas').getContext('2d');
  context.drawImage(image, 0, 0);
  return [...context.getImageData(1, 1, 1, 1).data].slice(0, 3).join(',');
}))`;

interface Facts {
  readonly overflow: number;
  readonly charts: readonly { readonly named: boolean; readonly table: boolean; readonly boxes: readonly Box[] }[];
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly text: string;
}

/** Pairs of labels that lie on each other by more than a pixel. */
function overlaps(boxes: readonly Box[]): string[] {
  const found: string[] = [];
  for (const [index, one] of boxes.entries()) {
    for (const other of boxes.slice(index + 1)) {
      const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const high = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      if (wide > 1 && high > 3) found.push(`${one.text} and ${other.text}`);
    }
  }
  return found;
}
