/** What the pool and its threads say to each other. Objects lose their class on the way, so tokens travel as bytes. */
import type { WalkLimits } from '../archive/limits.ts';
import type { Candidate } from '../detect/candidate.ts';
import type { ArtifactScan } from '../scan.ts';
import { Secret } from '../secret.ts';

/** Given to a thread when it starts. The key stays in memory: it is in no environment, argument or file. */
export interface ThreadData {
  readonly key: Uint8Array;
  readonly limits: Partial<WalkLimits>;
  /** Address of the module whose export SERVICES is looked for. */
  readonly services: string;
}

/** From a thread: that it can begin; and for each job (`ScanJob`) one of the others. */
export type Reply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly scan: SealedScan }
  | { readonly kind: 'unreadable'; readonly reason: string; readonly detail: string };

type SealedParts = Readonly<Record<string, Uint8Array>>;
type SealedScan = Omit<ArtifactScan, 'candidates'> & {
  readonly candidates: readonly (Omit<Candidate, 'parts'> & { readonly parts: SealedParts })[];
};

/** A scan whose tokens are bytes of UTF-16, which no logger prints as text. */
export function sealed(scan: ArtifactScan): SealedScan {
  return {
    ...scan,
    candidates: scan.candidates.map((candidate) => ({
      ...candidate,
      parts: mapped(candidate.parts, (part) => new Uint8Array(Buffer.from(part.reveal(), 'utf16le'))),
    })),
  };
}

export function opened(scan: SealedScan): ArtifactScan {
  return {
    ...scan,
    candidates: scan.candidates.map((candidate) => ({
      ...candidate,
      parts: mapped(candidate.parts, (bytes) => new Secret(Buffer.from(bytes).toString('utf16le'))),
    })),
  };
}

function mapped<From, To>(parts: Readonly<Record<string, From>>, to: (part: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, to(part)]));
}
