/**
 * The simple repository API (PEP 503 as HTML, PEP 691 as JSON; PyPA specification "Simple repository API").
 *
 * PyPI answers JSON when asked, and HTML with status 200 to anything that it does not understand, so what came is decided
 * by its content type. Indexes other than PyPI may know HTML only; they are read too.
 */
import { load } from 'cheerio';
import { Malformed, TooLarge } from '../../errors.ts';
import { jsonItems } from '../../json-items.ts';
import type { Ask, Reply } from '../../registry.ts';
import { normalise } from './name.ts';

type Body = AsyncIterable<Uint8Array>;

const JSON_TYPE = 'application/vnd.pypi.simple.v1+json';
const HTML_TYPE = 'application/vnd.pypi.simple.v1+html';

/** What pip sends: JSON where there is any, else HTML. */
export const SIMPLE_ACCEPT = `${JSON_TYPE}, ${HTML_TYPE};q=0.2, text/html;q=0.01`;

/** PyPI's root is some 50 MB of JSON; HTML has to be held as a whole, so an index of that size must speak JSON. */
const MAX_HTML = 16 * 1024 * 1024;

/** One entry of a page, or a top-level member of it. */
export type SimplePiece =
  | { readonly kind: 'entry'; readonly value: unknown }
  | { readonly kind: 'field'; readonly name: string; readonly value: unknown }
  | { readonly kind: 'skipped'; readonly reason: string };

export function simpleAsk(more: Ask = {}): Ask {
  return { ...more, accept: SIMPLE_ACCEPT };
}

/**
 * The entries of a page as PEP 691 writes them, whichever form the page has: `projects` of the root, `files` of a project.
 * Throws `Malformed` for a page of another kind or of a higher major version than 1.
 */
export async function* simplePieces(reply: Reply<Body>, member: 'projects' | 'files'): AsyncGenerator<SimplePiece> {
  const type = (reply.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type === JSON_TYPE || type === 'application/json') yield* fromJson(reply, member);
  else if (type === HTML_TYPE || type === 'text/html') yield* fromHtml(reply, member);
  else throw new Malformed(`expected a page of the simple repository API, not "${type}": is this a Python package index?`, reply);
}

async function* fromJson(reply: Reply<Body>, member: string): AsyncGenerator<SimplePiece> {
  for await (const piece of jsonItems(reply.body, { member, url: reply.url })) {
    if (piece.kind === 'item') yield { kind: 'entry', value: piece.value };
    else if (piece.kind === 'skipped') yield { kind: 'skipped', reason: `item-${piece.reason}` };
    else {
      if (piece.name === 'meta') checkVersion(fieldOf(piece.value, 'api-version'), reply.url);
      yield piece;
    }
  }
}

async function* fromHtml(reply: Reply<Body>, member: 'projects' | 'files'): AsyncGenerator<SimplePiece> {
  const page = load(await textOf(reply));
  const version = page('meta[name="pypi:repository-version"]').attr('content');
  checkVersion(version, reply.url);
  const base = page('base').attr('href');
  let links = 0;
  for (const anchor of page('a[href]').toArray()) {
    const link = page(anchor);
    const text = link.text().trim();
    const url = absolute(link.attr('href') ?? '', base, reply.url);
    if (url === null || !leadsTo(url, text)) {
      yield { kind: 'skipped', reason: 'no-index-link' };
      continue;
    }
    links += 1;
    yield { kind: 'entry', value: member === 'projects' ? { name: text } : fileEntry(text, url, link.attr('data-yanked')) };
  }
  // A login page or an error page with status 200 must not pass for an index that has lost everything.
  if (links === 0 && version === undefined) {
    throw new Malformed(`expected links to ${member}, but this page of HTML has none: is this a Python package index?`, reply);
  }
}

/** The text of a link is the name of what it leads to (PEP 503). */
function leadsTo(url: URL, text: string): boolean {
  const last = url.pathname.split('/').findLast((part) => part !== '') ?? '';
  return text !== '' && normalise(last.replaceAll('%2B', '+')) === normalise(text);
}

function fileEntry(filename: string, url: URL, yanked: string | undefined): object {
  const sha256 = new URLSearchParams(url.hash.slice(1)).get('sha256');
  url.hash = '';
  return { filename, url: url.href, hashes: sha256 === null ? {} : { sha256 }, yanked: yanked !== undefined };
}

/** A client must stop at a major version it does not know; without a version it is 1.0 (PEP 629). */
function checkVersion(version: unknown, url: string): void {
  if (version === undefined) return;
  if (typeof version === 'string' && /^1(\.\d+)*$/.test(version)) return;
  const said = typeof version === 'string' ? version.slice(0, 20) : typeof version;
  throw new Malformed(`expected version 1 of the simple repository API, not ${said}: this program has to be updated`, { url });
}

async function textOf(reply: Reply<Body>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of reply.body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_HTML) {
      throw new TooLarge(`expected an index of more than ${MAX_HTML} characters as JSON, not as HTML`, reply);
    }
  }
  return text + decoder.decode();
}

function absolute(href: string, base: string | undefined, page: string): URL | null {
  const from = base !== undefined && URL.canParse(base, page) ? new URL(base, page).href : page;
  return URL.canParse(href, from) ? new URL(href, from) : null;
}

export function textField(value: unknown, name: string): string | undefined {
  const field = fieldOf(value, name);
  return typeof field === 'string' ? field : undefined;
}

export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
