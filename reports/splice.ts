/**
 * Puts a section into an existing document, between two markers that people wrote there once:
 *
 *     {/* incidence:begin *\/}   …   {/* incidence:end *\/}        MDX, where an HTML comment does not compile
 *     <!-- incidence:begin -->   …   <!-- incidence:end -->       Markdown and HTML, where the other is text
 *
 * Each stands alone on its line. A document with the sections of several policies names them: `incidence:begin SQ34401`.
 * Pure: the same document and section give the same document, and doing it twice changes nothing.
 */

/** How the section must be written to stand in the document. */
export type DocumentKind = 'markdown' | 'html';

/** Where the section stands in a document. */
export interface Place {
  readonly kind: DocumentKind;
  /** The document with another section there, in its own line ends. */
  with(section: string): string;
}

/** A document that no section can be put into: the message says what was expected, what came, and what to do. */
export class SpliceError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SpliceError';
  }
}

/**
 * Finds where the section of a policy stands.
 *
 * @param name of the file: its ending says what kind of document it is, and messages name it
 * @throws SpliceError where the markers are missing, single, repeated, in the wrong order or of a kind that the document cannot hold
 */
export function placeIn(document: string, name: string, policy: string): Place {
  const kind = kindOf(name);
  const markers = markersOf(document, kind).filter((one) => one.policy === null || one.policy === policy);
  const [begin, end, ...rest] = markers;
  if (begin === undefined) throw new SpliceError(missing(document, name, policy, kind));
  if (rest.length > 0 || begin.edge !== 'begin' || end?.edge !== 'end') throw new SpliceError(unpaired(markers, name));
  if (begin.style !== end.style)
    throw new SpliceError(`${name}: the markers in lines ${begin.line} and ${end.line} are of different kinds; write both alike`);
  if (begin.style === 'html' && /\.mdx$/i.test(name))
    throw new SpliceError(
      `${name}: an HTML comment (line ${begin.line}) does not compile in MDX; write ${marker('mdx', 'begin')}`,
    );
  if (begin.style === 'mdx' && kind === 'html')
    throw new SpliceError(`${name}: the marker in line ${begin.line} is text in HTML; write ${marker('html', 'begin')}`);
  const [before, after] = [document.slice(0, begin.to), document.slice(end.from)];
  const lineEnd = /\r\n/.test(document) ? '\r\n' : '\n';
  return {
    kind,
    with(section) {
      const lines = section.trim().split(/\r?\n/);
      // Blank lines around it: beside a marker, Markdown would take the first block for a part of the comment.
      return `${before}${lineEnd}${['', ...lines, '', ''].join(lineEnd)}${after}`;
    },
  };
}

interface Marker {
  readonly edge: 'begin' | 'end';
  readonly style: 'mdx' | 'html';
  readonly policy: string | null;
  /** From 1. */
  readonly line: number;
  /** Of the line, without its end. */
  readonly from: number;
  readonly to: number;
}

const MARKER = /^[ \t]*(?:\{\/\*|<!--)[ \t]*incidence:(begin|end)(?:[ \t]+(SQ\d+))?[ \t]*(?:\*\/\}|-->)[ \t]*$/;

/** Markers that stand alone on their line, outside of fenced code. */
function markersOf(document: string, kind: DocumentKind): readonly Marker[] {
  const markers: Marker[] = [];
  let fence: string | null = null;
  let from = 0;
  for (const [index, text] of document.split('\n').entries()) {
    const line = text.replace(/\r$/, '');
    const ticks = kind === 'markdown' ? (/^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1] ?? null) : null;
    if (ticks !== null) fence = fenceAfter(fence, ticks, line);
    const found = fence === null ? MARKER.exec(line) : null;
    if (found !== null) {
      const style = line.includes('<!--') ? 'html' : 'mdx';
      const edge = found[1] === 'begin' ? 'begin' : 'end';
      markers.push({ edge, style, policy: found[2] ?? null, line: index + 1, from, to: from + line.length });
    }
    from += text.length + 1;
  }
  // An end belongs to the begin before it, named or not.
  let open: string | null = null;
  return markers.map((one) => {
    if (one.edge === 'begin') open = one.policy;
    return one.edge === 'end' && one.policy === null ? { ...one, policy: open } : one;
  });
}

/** A fence is closed by one of its kind that is at least as long and has nothing behind it. */
function fenceAfter(open: string | null, ticks: string, line: string): string | null {
  if (open === null) return ticks;
  const closes = ticks.startsWith(open) && line.trim() === ticks;
  return closes ? null : open;
}

function kindOf(name: string): DocumentKind {
  if (/\.html?$/i.test(name)) return 'html';
  if (/\.(md|mdx|markdown)$/i.test(name)) return 'markdown';
  throw new SpliceError(`${name}: expected a Markdown, MDX or HTML document (.md, .mdx, .markdown, .html, .htm)`);
}

function marker(style: Marker['style'], edge: Marker['edge']): string {
  return style === 'mdx' ? `{/* incidence:${edge} */}` : `<!-- incidence:${edge} -->`;
}

function missing(document: string, name: string, policy: string, kind: DocumentKind): string {
  const style = kind === 'html' || (!/\.mdx$/i.test(name) && !document.includes('{/*')) ? 'html' : 'mdx';
  const others = [...new Set(markersOf(document, kind).map((one) => one.policy))].filter((one) => one !== null);
  const why = others.length === 0 ? `${name} has no markers` : `${name} has markers for ${others.join(', ')}, not for ${policy}`;
  return `${why}: write ${marker(style, 'begin')} and ${marker(style, 'end')}, each alone on a line, where the section should stand`;
}

function unpaired(markers: readonly Marker[], name: string): string {
  const found = markers.map(({ edge, line }) => `incidence:${edge} in line ${line}`).join(', ');
  return `${name}: expected one incidence:begin and one incidence:end after it, found ${found}`;
}
