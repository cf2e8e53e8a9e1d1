/** What the figures rest on, what they do not cover, and how anyone can compute them again. */
import type { AnalysedRegistry, IntervalMethod, Statistics } from '../../data/statistics/model.ts';
import { PATHS } from '../files.ts';
import { day, full, per10k, plural } from '../numbers.ts';
import { bullets, code, fileLink, heading, link, paragraph, quote, sql, strong, type Inline, type RootContent } from '../tree.ts';
import { knownOf, type Known } from '../texts.ts';
import { reasonInWords } from '../wording.ts';
import { sources, type Context } from './parts.ts';

/** What cannot be told of tokens that no service was asked about, by what a policy says of them. */
const UNTOLD: Readonly<Partial<Record<Known, string>>> = {
  active: 'none can be counted as active',
  inactive: 'only those that had expired by their own date can be counted as inactive',
};

/** What a reader must know before any figure. */
export function notices({ statistics }: Context): readonly RootContent[] {
  const { registries, run, policyUsed } = statistics;
  const missing = registries.filter((one) => one.status === 'not-analysed').map((one) => one.label);
  const found: Inline[][] = [];
  if (run.scope === 'named') {
    found.push([
      strong('Chosen packages.'),
      ' This run looked at packages that were named to it. Its figures are about these packages alone, not about their repositories.',
    ]);
  }
  if (!policyUsed) found.push([strong('The policy was not used.'), ' This run could not have found a package that triggers it.']);
  const untold = run.validation.mode === 'off' ? UNTOLD[knownOf(statistics.policy)] : undefined;
  if (untold !== undefined) {
    found.push([strong('Tokens were not tested.'), ` No service was asked whether it accepts them, so ${untold}.`]);
  }
  if (missing.length > 0)
    found.push([strong('Not covered by this run:'), ` ${missing.join(', ')}. Nothing is known of them here.`]);
  for (const one of registries) {
    if (one.status === 'not-analysed' || one.pending === 0) continue;
    found.push([strong(`${one.label} is not finished:`), ` ${plural(one.pending, 'selected package')} still to be analyzed.`]);
  }
  if (run.closedAt === null)
    found.push([strong('The run is still going on.'), ' Its figures are those of the moment and will change.']);
  return found.length === 0 ? [] : [quote(bullets(found))];
}

export function method(context: Context): readonly RootContent[] {
  const { statistics } = context;
  const { run } = statistics;
  const facts: Inline[][] = [
    [
      'A package counts once, however many files, versions or tokens it has. Its newest release that can be installed is analyzed.',
    ],
    ...selection(statistics),
    [
      'Detections are a lower bound: packages with a token of a known kind, in a part of the package that could be read. No detector finds everything.',
    ],
    ...intervals(statistics),
    validation(statistics),
    ...run.validation.switchedOff.map((one): Inline[] => [`The check of ${one.service} was switched off: ${one.reason}.`]),
    [`Run ${run.id}, begun on ${day(run.startedAt)}; detectors `, code(run.detectorStamp), `; version ${run.codeVersion}.`],
  ];
  const covered = statistics.registries.filter((one) => one.status === 'analysed');
  return [
    heading(3, 'Method'),
    bullets(facts),
    ...covered.flatMap((one) => coverage(one, statistics)),
    sources(context, 'reasons', null),
  ];
}

/** Which packages were selected: all, the ranked ones alone, or a sample besides. */
function selection({ registries, run }: Statistics): readonly Inline[][] {
  if (run.scope === 'named') return [];
  const covered = registries.filter((one) => one.status === 'analysed');
  if (covered.every((one) => one.selected === one.population))
    return [['All packages of every repository covered are selected.']];
  const unranked = covered.flatMap((one) => one.tiers.filter(({ tier, population }) => tier === 'unranked' && population > 0));
  const ranked = 'All packages on ranks 1 to 10\u202f000 are selected.';
  if (unranked.every((one) => one.selected === 0)) return [[`${ranked} None of the others was looked at.`]];
  return [
    [
      `${ranked} Of the others a random sample is drawn by a keyed hash of seed, repository and name, so that anyone can draw it again; the seed is `,
      code(run.seed),
      '.',
    ],
  ];
}

const INTERVALS: Readonly<Record<IntervalMethod, string | null>> = {
  census: null,
  none: null,
  wilson: "Wilson's",
  'clopper-pearson': "Clopper and Pearson's",
  hypergeometric: 'the exact hypergeometric one',
  'korn-graubard': "Korn and Graubard's, widened to the exact ones of the groups where these reach further",
};

function intervals({ registries, policyUsed }: Statistics): readonly Inline[][] {
  if (!policyUsed) return [];
  const used = registries
    .filter((one) => one.status === 'analysed')
    .flatMap((one) => [one.total, ...one.tiers.map((tier) => tier.total)].map(({ interval }) => INTERVALS[interval.method]));
  const names = [...new Set(used)].filter((one) => one !== null);
  if (names.length === 0) return [];
  return [
    [
      `Intervals are two-sided 95\u202f% ones: ${names.join('; ')}. Groups that were analyzed completely are counts and have none.`,
    ],
  ];
}

const VALIDATION = {
  off: 'No service was asked about any token.',
  offline: 'No service was asked; answers of earlier runs were used.',
  live: 'Tokens were tested by the least privileged call that their service offers. Published examples, canaries, and tokens of services without a harmless call were not.',
} as const;

function validation({ run }: Statistics): Inline[] {
  const { mode, from, to } = run.validation;
  if (mode !== 'live' || from === null || to === null) return [VALIDATION[mode]];
  const days = day(from) === day(to) ? `on ${day(from)}` : `from ${day(from)} to ${day(to)}`;
  return [`${VALIDATION.live} Services were asked ${days}; a token may have been revoked since.`];
}

function coverage(registry: AnalysedRegistry, { policyUsed, run }: Statistics): readonly RootContent[] {
  const { frame, ranking, selected, scanned, withoutRelease, failed, pending, partial, worstCase } = registry;
  const facts: Inline[][] = [
    [
      `${plural(frame.size, 'package')} ${run.scope === 'named' ? 'named' : 'listed'} on ${day(frame.takenAt)}; ${full(selected)} selected, ${full(scanned)} opened${partial === 0 ? '' : `, ${full(partial)} of them only in part`}.`,
    ],
  ];
  if (ranking !== null) {
    facts.push([
      'Popularity: ',
      link(ranking.label, ranking.url),
      `, ${plural(ranking.places, 'place')} by ${ranking.measures}, ${ranking.dated === null ? '' : `dated ${day(ranking.dated)}, `}read on ${day(ranking.takenAt)} (${ranking.terms}). ${ranking.weaknesses}`,
    ]);
  } else if (run.scope === 'registry') {
    facts.push(['Popularity: no ranking could be read, so every package counts as unranked.']);
  }
  if (withoutRelease > 0)
    facts.push([
      `Nothing to install, so counted as free of tokens: ${plural(withoutRelease, 'package')} (${ofPackages(registry.withoutReleaseReasons)}).`,
    ]);
  if (failed > 0) facts.push([`Could not be read: ${plural(failed, 'package')} (${ofPackages(registry.failures)}).`]);
  if (policyUsed && failed + pending + registry.undecided > 0) {
    facts.push([
      `If all that failed, are pending or undecided violated the policy, it would be ${per10k(worstCase.high)} of 10\u202f000 packages; if none did, ${per10k(worstCase.low)}.`,
    ]);
  }
  if (registry.skipped.length > 0) {
    const all = registry.skipped.reduce((sum, { count }) => sum + count, 0);
    facts.push([`Files inside packages that were not read, or not to their end: ${full(all)} (${named(registry.skipped)}).`]);
  }
  return [heading(4, `Coverage of ${registry.label}`), bullets(facts)];
}

/** `(damaged)` where there is one reason, `(damaged: 3; encrypted: 2)` where there are several. */
function named(list: readonly { readonly reason: string; readonly count: number }[]): string {
  const [only] = list;
  if (list.length === 1 && only !== undefined) return reasonInWords(only.reason);
  return list.map(({ reason, count }) => `${reasonInWords(reason)}: ${full(count)}`).join('; ');
}

function ofPackages(list: AnalysedRegistry['failures']): string {
  return named(list.map(({ reason, packages }) => ({ reason, count: packages })));
}

/** The SQL behind every figure. */
export function queries({ statistics, base }: Context): readonly RootContent[] {
  const list = statistics.queries;
  return [
    heading(3, 'Data and queries'),
    paragraph(
      'Everything above, with full precision, in one file: ',
      fileLink('statistics', base + PATHS.statistics),
      ', ',
      fileLink('its schema', base + PATHS.schema),
      '.',
      ...(list.length === 0 ? [] : [' Each of these queries gives the figures of that name from the database of the run.']),
    ),
    ...list.flatMap((one) => [heading(4, one.name), paragraph(`${one.title}.`), sql(one.sql)]),
  ];
}
