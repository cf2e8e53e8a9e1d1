/**
 * The detector: finds the tokens of all services in the entries of an artifact, in one pass over their bytes.
 *
 * Formats are compiled once. An artifact is scanned by its own scanner, an entry by a scanner of that; both are
 * synchronous and take bytes as they come. What is found comes when the artifact has ended, for the parts of a pair may
 * stand in different entries.
 */
import type { Place, Skipped } from '../../data/model.ts';
import { createPrefilter } from '../scan/prefilter.ts';
import { plainSurveyor, type WindowSurveyor } from '../scan/survey.ts';
import type { Fingerprinter, Parts, Secret } from '../secret.ts';
import type { Format, Service } from '../service.ts';
import type { Candidate } from './candidate.ts';
import { companionIndex, type CompanionIndex, type Spot } from './companions.ts';
import { EntryScanner, windowBytes, type Placed, type Workbench } from './entry.ts';
import { labelOf } from './label.ts';
import { createMatcher, type Counts } from './match.ts';
import { settle } from './overlap.ts';
import { compileRules, type FormatTarget, type Rule } from './rules.ts';

/** Candidates of one entry, and of one artifact; the rest is a row of `skipped`. */
export const MOST_CANDIDATES = { entry: 1000, artifact: 10_000 } as const;

/** How much longer an encoded token is than the token: four times covers base64 in base64, hex, and UTF-16 in base64. */
const EXPANSION = 4;
const STEP = 512 * 1024;
const KIBI = 1024;

export interface DetectorOptions {
  readonly fingerprinter: Fingerprinter;
  /** Bytes that are scanned at once; the findings do not depend on it. */
  readonly step?: number;
  /** Looks everywhere for everything, without the prefilter: slower, and the measure of what must be found. */
  readonly plain?: boolean;
}

export interface Detector {
  /** A scanner for one artifact. */
  artifact(): ArtifactScanner;
  readonly counts: Readonly<Counts>;
}

export interface ArtifactScanner {
  /** A scanner for an entry; entries may be open at the same time. */
  entry(path: readonly string[]): OpenEntry;
  /** What was found, after the last entry has ended. */
  finish(): { readonly candidates: readonly Candidate[]; readonly skipped: readonly Skipped[] };
}

export interface OpenEntry {
  push(chunk: Uint8Array): void;
  end(): void;
}

/**
 * @throws where a format breaks its contract
 */
export function createDetector(
  services: readonly Service[],
  { fingerprinter, step = STEP, plain: isPlain = false }: DetectorOptions,
): Detector {
  const rules = compileRules(services);
  const context = Math.ceil((EXPANSION * rules.context) / KIBI) * KIBI;
  const counts: Counts = { places: 0, literals: 0, tries: 0 };
  let faulty = new Set<Rule>();
  const bench: Workbench = {
    surveyor: counting((isPlain ? plainSurveyor : createPrefilter)(rules.sought, windowBytes(context, step)), counts),
    matcher: createMatcher(rules, counts, (rule) => faulty.add(rule)),
    context,
    shortest: rules.shortest,
  };
  return {
    counts,
    artifact() {
      return new Artifact(bench, fingerprinter, () => {
        const rules = faulty;
        faulty = new Set();
        return rules;
      });
    },
  };
}

function counting(surveyor: WindowSurveyor, counts: Counts): WindowSurveyor {
  return {
    ...surveyor,
    survey(haystack) {
      const survey = surveyor.survey(haystack);
      counts.places += survey.places;
      return survey;
    },
  };
}

/** A candidate that still waits for the companions that may stand elsewhere. */
interface Waiting {
  readonly target: FormatTarget;
  readonly placed: Placed;
  readonly spot: Spot;
  readonly ambiguousWith: readonly string[];
}

class Artifact implements ArtifactScanner {
  readonly #bench: Workbench;
  readonly #fingerprinter: Fingerprinter;
  readonly #takeFaulty: () => ReadonlySet<Rule>;
  readonly #companions: CompanionIndex = companionIndex();
  readonly #waiting: Waiting[] = [];
  readonly #skipped: Skipped[] = [];
  readonly #crowded = new Set<string>();
  #entries = 0;

  constructor(bench: Workbench, fingerprinter: Fingerprinter, takeFaulty: () => ReadonlySet<Rule>) {
    this.#bench = bench;
    this.#fingerprinter = fingerprinter;
    this.#takeFaulty = takeFaulty;
  }

  entry(path: readonly string[]): OpenEntry {
    const entry = this.#entries++;
    let placed: Placed[] = [];
    let isCrowded = false;
    const scanner = new EntryScanner(
      this.#bench,
      (one) => {
        if (one.match.rule.target.kind === 'companion') {
          this.#keep(one, { path, entry, start: one.start, end: one.end });
        } else if (placed.length < MOST_CANDIDATES.entry) {
          placed.push(one);
        } else {
          isCrowded = true;
          scanner.stop();
        }
      },
      ({ reason, detail }) => this.#skip(path, reason, detail),
    );
    return {
      push: (chunk) => scanner.push(chunk),
      end: () => {
        scanner.end();
        this.#settle(path, entry, placed);
        placed = [];
        if (isCrowded)
          this.#skip(
            path,
            'limit-candidates',
            `the entry has more than ${MOST_CANDIDATES.entry} candidates; further ones were not looked for`,
          );
        for (const { target } of this.#takeFaulty())
          this.#skip(
            path,
            'format-fault',
            `the check of ${target.kind === 'format' ? target.format.id : target.key} failed on a match`,
          );
      },
    };
  }

  finish(): { readonly candidates: readonly Candidate[]; readonly skipped: readonly Skipped[] } {
    return { candidates: this.#waiting.map((waiting) => this.#candidate(waiting)), skipped: this.#skipped };
  }

  #keep({ match }: Placed, spot: Spot): void {
    const { target } = match.rule;
    const [value] = Object.values(match.parts);
    if (target.kind !== 'companion' || value === undefined || this.#companions.add(target.key, value, spot)) return;
    if (this.#crowded.has(target.key)) return;
    this.#crowded.add(target.key);
    this.#skip(spot.path, 'limit-companions', `too many texts that may be ${target.key}; those from here on are not paired`);
  }

  #settle(path: readonly string[], entry: number, placed: readonly Placed[]): void {
    for (const { claim, ambiguousWith } of settle(placed)) {
      const { target } = claim.match.rule;
      if (target.kind !== 'format') continue;
      if (this.#waiting.length >= MOST_CANDIDATES.artifact) {
        this.#skip(path, 'limit-candidates', `candidates beyond the first ${MOST_CANDIDATES.artifact} of the artifact`);
        return;
      }
      this.#waiting.push({ target, placed: claim, spot: { path, entry, start: claim.start, end: claim.end }, ambiguousWith });
    }
  }

  #candidate({ target, placed, spot, ambiguousWith }: Waiting): Candidate {
    const { service, format, family, companions } = target;
    const parts: Record<string, Secret> = { ...placed.match.parts };
    const others = (): readonly number[] =>
      this.#waiting
        .filter((other) => other.target === target && other.spot.entry === spot.entry && other.spot.start !== spot.start)
        .map((other) => other.spot.start);
    let unpaired = false;
    for (const compiled of companions) {
      const { name, optional = false } = compiled.companion;
      if (parts[name] !== undefined) continue;
      const value = this.#companions.nearest(compiled, parts, spot, others());
      if (value !== null) parts[name] = value;
      else if (!optional) unpaired = true;
    }
    return {
      service: service.id,
      format: format.id,
      family,
      parts,
      fingerprint: this.#fingerprinter.of(service.id, parts),
      redacted: redacted(format, parts),
      place: placeOf(spot.path, placed),
      unpaired,
      ambiguousWith,
    };
  }

  #skip(path: readonly string[], reason: string, detail: string): void {
    this.#skipped.push({ path, reason, detail });
  }
}

function placeOf(path: readonly string[], { match, place, line, column }: Placed): Place {
  return {
    path,
    line,
    column,
    offset: place.start,
    length: place.end - place.start,
    decoding: match.decoding,
    label: labelOf(path),
  };
}

function redacted(format: Format, parts: Parts): string {
  try {
    return format.redact(parts);
  } catch {
    return '…';
  }
}
