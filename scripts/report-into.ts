/** Keeps the section of a policy current inside somebody's own document: writes it there, or says whether it is. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Statistics } from '../data/statistics/model.ts';
import { csv } from '../reports/formats/csv.ts';
import { printHtmlSection } from '../reports/formats/html.ts';
import { json } from '../reports/formats/json.ts';
import { printMarkdownSection } from '../reports/formats/markdown.ts';
import { svg } from '../reports/formats/svg.ts';
import { placeIn, SpliceError, type Place } from '../reports/splice.ts';
import { UsageError } from './errors.ts';
import { reasonOf, writeWhole } from './write-file.ts';

export interface IntoOptions {
  /** The document with the markers. */
  readonly into: string;
  /** Folder for charts and data; by default one beside the document, named after the policy. */
  readonly out: string | undefined;
  /** How the document refers to that folder, where its place on the disk is not its address. */
  readonly link: string | undefined;
}

/** A file that is not what it should be. */
export interface Outdated {
  readonly path: string;
  readonly content: string;
}

/**
 * The document and the files that its section links to, as far as they are not current: the document first. Writes nothing.
 *
 * @throws UsageError for a document that cannot be read, or has no place for the section
 */
export async function outdatedFiles(statistics: Statistics, { into, out, link }: IntoOptions): Promise<readonly Outdated[]> {
  const document = readDocument(into);
  const place = find(document, into, statistics.policy.id);
  const folder = out ?? join(dirname(into), statistics.policy.id.toLowerCase());
  const base = link === undefined ? wayTo(folder, into) : checkedLink(link);
  const section =
    place.kind === 'html' ? await printHtmlSection(statistics, { base }) : printMarkdownSection(statistics, { base });
  const files = new Map([[into, place.with(section)]]);
  for (const format of [svg, csv, json])
    for (const { name, content } of await format.render(statistics)) files.set(join(folder, name), content);
  return [...files].map(([path, content]) => ({ path, content })).filter((one) => !isCurrent(one));
}

function isCurrent({ path, content }: Outdated): boolean {
  return existsSync(path) && readFileSync(path, 'utf8') === content;
}

/** Writes what is not current, the document last: it never links to files that are not there. */
export function bringUpToDate(outdated: readonly Outdated[]): void {
  for (const { path, content } of outdated.toReversed())
    writeWhole(path, content, 'choose another folder with --out, or make it writable');
}

function readDocument(into: string): string {
  try {
    return readFileSync(into, 'utf8');
  } catch (error) {
    throw new UsageError(
      `the document ${into} cannot be read (${reasonOf(error)}); give an existing Markdown, MDX or HTML file`,
      {
        cause: error,
      },
    );
  }
}

function find(document: string, into: string, policy: string): Place {
  try {
    return placeIn(document, into, policy);
  } catch (error) {
    if (error instanceof SpliceError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

function checkedLink(link: string): string {
  if (!/^(https?:\/\/)?[\w./:%~@-]*$/i.test(link))
    throw new UsageError(`--link takes an address or a path such as /incidence, not ${JSON.stringify(link)}`);
  return link === '' || link.endsWith('/') ? link : `${link}/`;
}

/** The relative address of a folder, as seen from a document. */
function wayTo(folder: string, document: string): string {
  const way = relative(resolve(dirname(document)), resolve(folder))
    .split(sep)
    .map(encodeURIComponent)
    .join('/');
  if (way === '') return './';
  return way.startsWith('..') ? `${way}/` : `./${way}/`;
}
