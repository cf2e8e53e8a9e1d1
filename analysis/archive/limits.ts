/**
 * Every limit of the walk in one place. Each one that is hit becomes a row with its slug; what can still be read within
 * the others is read.
 */
export interface WalkLimits {
  /** Archives inside archives below the artifact's own (`limit-depth`); deeper ones are read as plain bytes. */
  readonly depth: number;
  /** Files, links and folders in one artifact over all levels (`limit-entries`). */
  readonly entries: number;
  /** Bytes of one file (`limit-entry-bytes`); the rest of that file is passed over. */
  readonly entryBytes: number;
  /** Bytes of one artifact over all levels, passed over or read (`limit-bytes`). */
  readonly totalBytes: number;
  /** Bytes that one compressed stream may give per byte that it takes (`limit-ratio`), once it gave `ratioFloorBytes`. */
  readonly ratio: number;
  readonly ratioFloorBytes: number;
  /**
   * Bytes that the artifact may give per byte of its own, once it gave `artifactFloorBytes`. Beyond that each stream is held
   * to this ratio and to `austereBytes`; beyond `givingUpFactor` times as much the artifact is given up (`limit-ratio`).
   */
  readonly artifactRatio: number;
  readonly artifactFloorBytes: number;
  readonly austereBytes: number;
  readonly givingUpFactor: number;
  /** Milliseconds for one artifact (`limit-time`). */
  readonly milliseconds: number;
  /** Bytes of one name (`limit-name`); longer names are shown shortened. */
  readonly nameBytes: number;
  /** Bytes of one piece of metadata, such as a tar extended header or an asar index (`limit-metadata`). */
  readonly metadataBytes: number;
  /** Bytes held in memory at one time for archives inside archives; zips beyond it are read from front to back. */
  readonly heldBytes: number;
  /** Bytes read of zip entries whose bytes lie within those of other entries (`overlap`), all together. */
  readonly overlapBytes: number;
  /** Rows about one artifact; further ones are counted by reason in closing rows. */
  readonly rows: number;
}

const MiB = 1024 * 1024;

export const DEFAULT_LIMITS: WalkLimits = {
  // A jar in a wheel in an npm package is real; five levels were never seen outside of quines.
  depth: 4,
  // The largest icon packages have some 50 000 files; a quarter of a million costs some 2 s and 100 MB.
  entries: 250_000,
  // The registries refuse files of this size (PyPI 1 GB by exception, NuGet 250 MB, npm and RubyGems less).
  entryBytes: 2048 * MiB,
  // A 2 GB artifact at five times its size, which is what packages of scripts inflate to, and some more.
  totalBytes: 12 * 1024 * MiB,
  // Deflate cannot exceed 1032. Text that repeats itself reaches 100, tables of zeros more, but those are small.
  ratio: 250,
  ratioFloorBytes: 64 * MiB,
  // Whole packages inflate to 3 to 10 times their size.
  artifactRatio: 50,
  artifactFloorBytes: 256 * MiB,
  // Enough for any configuration file that comes after a thousand bombs, little enough for all of them.
  austereBytes: 64 * 1024,
  givingUpFactor: 4,
  // The largest allowed artifact takes some 20 s of inflating; ten times that means that something is wrong.
  milliseconds: 180_000,
  // PATH_MAX of most systems is 4096; names beyond it cannot be unpacked by anyone.
  nameBytes: 4096,
  // Real extended headers have some hundred bytes; the index of a large asar has a few MB.
  metadataBytes: 8 * MiB,
  // Two of these and the windows of every level stay well under 300 MB.
  heldBytes: 64 * MiB,
  // Such zips are made by bombs and by people who hide something; the latter need no more.
  overlapBytes: 64 * MiB,
  rows: 1000,
};
