/**
 * The same samples before a second scanner, secretlint with its recommended preset: every difference is explained in
 * `second-scanner.md`, and no explanation outlives its difference.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';
import { expect, test } from 'vitest';
import { seededRandom } from './seeded-random.ts';
import type { Service } from './service.ts';
import { SERVICES } from './services/index.ts';

const services: readonly Service[] = SERVICES;

/** For each text, whether secretlint says something about it. All stand in one source: each source costs it a while. */
async function said(texts: readonly string[]): Promise<readonly boolean[]> {
  const ends: number[] = [];
  let content = '';
  for (const text of texts) {
    content += `${text}\n\n\n`;
    ends.push(content.length);
  }
  const rule = { id: '@secretlint/secretlint-rule-preset-recommend', rule: creator, options: {} };
  const { messages } = await lintSource({
    source: { filePath: 'samples.txt', content, ext: '.txt', contentType: 'text' },
    options: { config: { rules: [rule] }, noPhysicFilePath: true },
  });
  const marked = new Set(messages.map(({ range: [from] }) => ends.findIndex((end) => from < end)));
  return texts.map((_, index) => marked.has(index));
}

/** The names in backticks below a heading of the note. */
function named(note: string, heading: string): readonly string[] {
  const [, below = ''] = note.split(`\n## ${heading}\n`);
  const [section = ''] = below.split('\n## ');
  return [...section.matchAll(/`([a-z0-9.-]+)`/g)].map(([, name = '']) => name);
}

test('every difference to secretlint is explained, and every explanation has its difference', async () => {
  const formats = services.flatMap(({ id, formats: of }) =>
    of.map((format) => ({ service: id, format: format.id, ...format.samples(seededRandom(`second scanner ${format.id}`)) })),
  );
  const hits = formats.flatMap(({ format, hits: of }) => of.map(({ text }) => ({ format, text })));
  const misses = formats.flatMap(({ format, misses: of }) => of.map((text) => ({ format, text })));
  const saidOfHits = await said(hits.map(({ text }) => text));
  const saidOfMisses = await said(misses.map(({ text }) => text));
  const found = new Set(hits.filter((_, index) => saidOfHits[index]).map(({ format }) => format));
  const overlooked = new Set(hits.filter((_, index) => !saidOfHits[index]).map(({ format }) => format));
  const taken = new Set(misses.filter((_, index) => saidOfMisses[index]).map(({ format }) => format));
  const known = new Set(formats.filter(({ format }) => found.has(format)).map(({ service }) => service));
  const differences = {
    'Services without a rule': services.map(({ id }) => id).filter((id) => !known.has(id)),
    'Formats without a rule': formats
      .filter(({ service, format }) => known.has(service) && !found.has(format))
      .map(({ format }) => format),
    'Found in part': [...found].filter((format) => overlooked.has(format)),
    'Near misses that secretlint takes': [...taken],
  };
  const note = readFileSync(join(import.meta.dirname, 'second-scanner.md'), 'utf8');
  const explained = Object.fromEntries(
    Object.keys(differences).map((heading) => [heading, named(note, heading).toSorted()] as const),
  );
  expect(explained).toEqual(Object.fromEntries(Object.entries(differences).map(([key, names]) => [key, names.toSorted()])));
});
