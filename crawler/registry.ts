/**
 * The contract between a registry's adapter and everything else.
 *
 * An adapter knows one registry's words: where its lists are, how its pages hang together, which release its own client
 * would install. It meets no HTTP client, no retry, no limit, no clock and no database: it is given `io` and yields
 * values. Whatever is dangerous or shared (rates, back-off, caching, digests, size caps) is the business of
 * `http.ts` and `gate.ts`, once for all.
 */
import type { NoRelease, RegistryId, Release } from '../data/model.ts';

/** What one may ask of a host, and the page that says so (or the reason for the number where none does). */
export interface HostBudget {
  /** Names an entry of `Registry.origins`: the budget follows the origin to a mirror or a stand-in. */
  readonly origin: string;
  readonly perSecond: number;
  readonly concurrency: number;
  /** Requests in any 30 days, retries and HEADs included; null where the terms set no ceiling. */
  readonly per30Days: number | null;
  readonly source: string;
}

/** A package as the registry lists it. */
export interface ListedName {
  /** As published. */
  readonly name: string;
  /** The form by which the registry tells names apart (PEP 503, lower case, or the name itself). */
  readonly key: string;
}

/** A page of names. What it covers and `cursor` are to be stored in one transaction. */
export interface NamePage {
  readonly names: readonly ListedName[];
  /** Opaque: only this adapter can read it. Resuming from it may repeat names, never skips any. */
  readonly cursor: string;
  /** Items that were dropped because they could not be understood, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
}

/** What moved since a cursor. */
export interface ChangePage {
  readonly touched: readonly ListedName[];
  /** Names that the registry says are gone. One absence is never enough to delete: the store only marks them. */
  readonly removed: readonly ListedName[];
  readonly cursor: string;
  readonly dropped: Readonly<Record<string, number>>;
  /** Set when the feed was reset or truncated and the frame must be listed anew; says why. */
  readonly relist: string | null;
  /**
   * How many names the registry lists now, where its feed tells that but not what is gone. Whoever holds another number after
   * this page has missed a removal and lists anew.
   */
  readonly total?: number;
}

export interface RankedName {
  /** 1 is the most downloaded; gapless; ties are ordered by downloads, then by key. */
  readonly rank: number;
  readonly name: string;
  readonly key: string;
  /** Null where the source gives an order without numbers. */
  readonly downloads: number | null;
}

/** One way to learn which packages are downloaded most. */
export interface RankingSource {
  readonly id: string;
  readonly label: string;
  /** Page for people, stored and shown with the ranking. */
  readonly url: string;
  /** What the numbers count, such as "downloads in the previous calendar month". */
  readonly measures: string;
  /** Licence or terms of the list. */
  readonly terms: string;
  readonly weaknesses: string;
  /** How many places the source can honestly give; at most 10 000 are used. */
  readonly places: number;
  /** At most `places` (or `limit`) ranked names, best first. Dropped items are counted through `io.drop`. */
  read(io: RegistryIo, limit: number): Promise<RankingSnapshot>;
}

export interface RankingSnapshot {
  /** ISO 8601 date that the source gives for itself, or null. */
  readonly dated: string | null;
  readonly places: readonly RankedName[];
}

/** What the registry itself counts for some places of a ranking. */
export interface RankingCheck {
  /** By rank. */
  readonly counted: readonly { readonly place: RankedName; readonly downloads: number }[];
  /** Places for which the registry gave no count. */
  readonly unknown: readonly string[];
  /** Of all pairs with different counts, the share in the ranking's order, 0 to 1; null where there is no such pair. */
  readonly concordance: number | null;
}

export interface LatestOptions {
  /** `representative`: one wheel and the sdist at most, the ruby platform's gem; `all`: every artifact of the release. */
  readonly artifacts: 'representative' | 'all';
  /** This version, as published, in place of the newest; one that is yanked, unlisted or deprecated is given all the same. */
  readonly version?: string;
}

export interface Registry {
  readonly id: RegistryId;
  /** Base URLs by role, each without a trailing slash. Every one can be replaced by a mirror or a stand-in. */
  readonly origins: Readonly<Record<string, string>>;
  readonly budgets: readonly HostBudget[];
  /** Best first. */
  readonly rankings: readonly RankingSource[];
  /** The key under which a name is the same package. */
  key(name: string): string;
  /** The frame: every name the registry lists, from `cursor` on (null: from the start). */
  names(cursor: string | null, io: RegistryIo): AsyncIterable<NamePage>;
  /** What moved since `cursor`, which is the last cursor of `names` or of an earlier `changes`. Ends when caught up. */
  changes(cursor: string, io: RegistryIo): AsyncIterable<ChangePage>;
  /** The newest installable release as the ecosystem's own client would choose it, or why there is none. */
  latest(name: string, io: RegistryIo, options: LatestOptions): Promise<Release | NoRelease>;
  /** Holds a sample of a ranking against the registry's own counts, where it answers for single packages and no more. */
  verifyRanking?(sample: readonly RankedName[], io: RegistryIo): Promise<RankingCheck>;
}

export interface Reply<T> {
  /** 200, 206 or 304; everything else is thrown as one of `errors.ts`. */
  readonly status: number;
  readonly body: T;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** After redirects. */
  readonly url: string;
}

export interface Ask {
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as If-None-Match; a 304 comes back as a reply with an empty body. */
  readonly etag?: string;
  /** Bytes from `start` to `end` (included), or to the end of the file. The answer may be 200: look at the status. */
  readonly range?: { readonly start: number; readonly end?: number };
  /** Bytes of body, decompressed, above which the answer is refused as `TooLarge`. */
  readonly maxBytes?: number;
  /** POST form or text body; GET otherwise. */
  readonly body?: string;
  readonly method?: 'GET' | 'HEAD' | 'POST';
  /** A page made for people, not an API: asked for only where the host's robots.txt allows it to crawlers, else `Refused`. */
  readonly page?: boolean;
}

/**
 * All that an adapter can do to the world. URLs are built from `origin(role)`; a URL that the registry itself hands out
 * (a service index, `dist.tarball`) goes through `rebase`, which maps the registry's public origins to the configured ones.
 */
export interface RegistryIo {
  origin(role: string): string;
  rebase(url: string): string;
  /** Parsed JSON; a body that is not JSON is `Malformed`, whatever its content type claims. */
  json(url: string, ask?: Ask): Promise<Reply<unknown>>;
  text(url: string, ask?: Ask): Promise<Reply<string>>;
  /** The body as it arrives, decompressed; memory stays flat. */
  stream(url: string, ask?: Ask): Promise<Reply<AsyncIterable<Uint8Array>>>;
  /** Counts an item that could not be understood, by reason; shown by `status`. */
  drop(reason: string): void;
  readonly signal: AbortSignal;
}
