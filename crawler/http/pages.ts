/** Pages made for people are asked for only where the host's robots.txt lets crawlers. */
import { CrawlError, Gone, Malformed, Refused } from '../errors.ts';
import { ALLOW_ALL, MAX_ROBOTS_BYTES, parseRobots, type Robots } from '../robots.ts';
import { follow, type Answer, type RequestContext } from './request.ts';

/** RFC 9309, 2.4: a robots.txt is not used for longer than a day. */
const MAX_AGE_MS = 24 * 3_600_000;

export interface Pages {
  /** Refused where the host's robots.txt forbids the page to crawlers; errors where robots.txt cannot be read. */
  check(context: RequestContext, url: URL): Promise<void>;
}

/** `product`: our name as robots.txt files may call it. */
export function createPages(product: string): Pages {
  const known = new Map<string, { readonly at: number; readonly robots: Robots }>();
  return {
    async check(context, url) {
      const cached = known.get(url.origin);
      const isFresh = cached !== undefined && context.now() - cached.at < MAX_AGE_MS;
      const robots = isFresh ? cached.robots : await read(context, url, product);
      if (!isFresh) known.set(url.origin, { at: context.now(), robots });
      if (robots.allows(url.pathname + url.search)) return;
      throw new Refused(`robots.txt of ${url.host} forbids ${url.pathname} to crawlers; use another source`, { url: url.href });
    },
  };
}

/** No robots.txt allows everything (any 4xx); one that cannot be read allows nothing: its error goes to the retry loop. */
async function read(context: RequestContext, page: URL, product: string): Promise<Robots> {
  const url = new URL('/robots.txt', page.origin);
  const wanted = { accept: 'text/plain', maxBytes: Number.POSITIVE_INFINITY, decompress: true };
  try {
    return parseRobots(await follow(context, url, wanted, beginning), product);
  } catch (error) {
    if (isMissing(error)) return ALLOW_ALL;
    throw error;
  }
}

async function beginning(answer: Answer): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of answer.pieces) {
    pieces.push(piece);
    bytes += piece.byteLength;
    if (bytes >= MAX_ROBOTS_BYTES) break;
  }
  return new TextDecoder().decode(Buffer.concat(pieces).subarray(0, MAX_ROBOTS_BYTES));
}

function isMissing(error: unknown): boolean {
  if (!(error instanceof CrawlError) || error.status === null || error.status < 400 || error.status >= 500) return false;
  return error instanceof Gone || error instanceof Malformed || (error instanceof Refused && !error.block);
}
