/**
 * The tables, row by row, as the program sees them; their names are singular. People's SQL goes to the views, whose names are
 * plural (`views.ts`, `dictionary.ts`) and which stay as they are when tables change.
 *
 * No column holds a token. A token is known by its fingerprint (a keyed hash, useless without the key that lies beside the
 * database) and by its redacted form (the fixed prefix of its format).
 */
import type { ColumnType, Generated } from 'kysely';
import type { ArtifactKind, Digest, Family, PlaceLabel, RegistryId, Tier, Verdict } from './model.ts';

/** 0 or 1: neither a driver nor a dialect has to translate it. */
export type Flag = 0 | 1;
/** Milliseconds since 1970, UTC. */
export type Millis = number;
/** JSON as text, written by `JSON.stringify` and never queried inside. */
export type Json = string;
/** Cannot be changed once written. */
type Fixed<T> = ColumnType<T, T, never>;

export type RunScope = 'registry' | 'named';
export type RunState = 'open' | 'closed' | 'abandoned';
export type ValidationMode = 'off' | 'offline' | 'live';
export type SelectionState = 'pending' | 'analysed' | 'no-release' | 'failed';

/** Facts about the database itself: its schema version and the digest of its views. */
export interface MetaTable {
  key: string;
  value: string;
}

export interface RunTable {
  id: Generated<number>;
  /** `registry`: the packages stand for a registry; `named`: packages someone asked for, which stand for themselves. */
  scope: Fixed<RunScope>;
  period: Fixed<string | null>;
  state: RunState;
  /** Everything that decides the result and may be published; no secret, no key. */
  config: Fixed<Json>;
  /** Facts of the place and hour that do not decide the result: origins, rates, versions of tools. */
  environment: Json;
  /** SHA-256 of what must be equal for a run to be resumed. */
  identity: Fixed<string>;
  seed: Fixed<string>;
  detector_stamp: Fixed<string>;
  code_version: Fixed<string>;
  /** Names the key of the fingerprints, does not reveal it. */
  key_id: Fixed<string>;
  validation: Fixed<ValidationMode>;
  opened_at: Fixed<Millis>;
  closed_at: Millis | null;
  /** Who works on the run, and until when that is believed without a sign of life. */
  holder: string | null;
  held_until: Millis | null;
  note: string | null;
}

export interface RunRegistryTable {
  run_id: Fixed<number>;
  registry: Fixed<RegistryId>;
  names_cursor: string | null;
  frame_size: number | null;
  frame_taken_at: Millis | null;
  ranking_id: number | null;
  selected_at: Millis | null;
}

export interface RunServiceTable {
  run_id: Fixed<number>;
  service: Fixed<string>;
  label: Fixed<string>;
  family: Fixed<Family>;
  /** 1 where the run may ask the service about tokens of this family. */
  checked: Fixed<Flag>;
  off_reason: string | null;
}

/** The frame: every name a registry ever listed to us, with the runs between which it did. */
export interface PackageTable {
  id: Generated<number>;
  registry: Fixed<RegistryId>;
  name: string;
  key: Fixed<string>;
  first_run: number;
  /** The last run in which the registry listed it; 0 where it was only named by someone. */
  listed_run: number;
  /** The last run that may not take it for what it was before: it was new, touched, or listed without a word on what moved. */
  moved_run: number;
  /** The run that found it gone; null while it is listed. A mark, never a deletion. */
  gone_run: number | null;
}

export interface RankingTable {
  id: Generated<number>;
  run_id: Fixed<number>;
  registry: Fixed<RegistryId>;
  source: Fixed<string>;
  label: Fixed<string>;
  url: Fixed<string>;
  measures: Fixed<string>;
  terms: Fixed<string>;
  weaknesses: Fixed<string>;
  dated: Fixed<string | null>;
  taken_at: Fixed<Millis>;
  places: Fixed<number>;
}

export interface PlaceTable {
  ranking_id: Fixed<number>;
  rank: Fixed<number>;
  key: Fixed<string>;
  name: Fixed<string>;
  downloads: Fixed<number | null>;
}

export interface SelectionTable {
  run_id: Fixed<number>;
  package_id: Fixed<number>;
  registry: Fixed<RegistryId>;
  /** Order of work within run and registry. */
  position: Fixed<number>;
  tier: Fixed<Tier>;
  rank: Fixed<number | null>;
  /** With which the package was drawn, from above 0 to 1. */
  probability: Fixed<number>;
  /** The keyed hash that decided, so that anyone can redraw the sample. */
  selection_key: Fixed<string>;
  state: SelectionState;
  /** Why there is no release, or why the package failed: a slug. */
  reason: string | null;
  /** A sentence for people. */
  detail: string | null;
  attempts: number;
  holder: string | null;
  /** Nobody else takes the package before this time. */
  not_before: Millis | null;
  finished_at: Millis | null;
  release_id: number | null;
  /** 1 where some artifact or entry could not be read. */
  partial: Flag;
}

export interface ReleaseTable {
  id: Generated<number>;
  package_id: Fixed<number>;
  version: Fixed<string>;
  prerelease: Flag;
  published_at: string | null;
  notes: Json;
}

export interface ArtifactTable {
  id: Generated<number>;
  release_id: Fixed<number>;
  filename: Fixed<string>;
  kind: ArtifactKind;
  /** Without credentials and query. */
  url: string;
  bytes: number | null;
  digest_algorithm: Digest['algorithm'] | null;
  /** As the registry publishes it. */
  digest: string | null;
  /** Of the bytes that were read; null until then. */
  sha256: string | null;
}

/** One look into one content. Equal contents are scanned once, whoever ships them. */
export interface ScanTable {
  id: Generated<number>;
  sha256: Fixed<string>;
  detector_stamp: Fixed<string>;
  key_id: Fixed<string>;
  bytes: Fixed<number>;
  entries: Fixed<number>;
  bytes_out: Fixed<number>;
  ms: Fixed<number>;
  scanned_at: Fixed<Millis>;
}

export interface ScanSkipTable {
  scan_id: Fixed<number>;
  position: Fixed<number>;
  path: Fixed<Json>;
  reason: Fixed<string>;
  detail: Fixed<string>;
}

export interface TokenTable {
  id: Generated<number>;
  key_id: Fixed<string>;
  /** Hex of a keyed hash; see `analysis/secret.ts`. */
  fingerprint: Fixed<string>;
  service: Fixed<string>;
  format: Fixed<string>;
  redacted: Fixed<string>;
}

export interface OccurrenceTable {
  scan_id: Fixed<number>;
  position: Fixed<number>;
  token_id: Fixed<number>;
  path: Fixed<Json>;
  line: Fixed<number>;
  col: Fixed<number>;
  byte_offset: Fixed<number>;
  byte_length: Fixed<number>;
  decoding: Fixed<Json>;
  label: Fixed<PlaceLabel>;
}

/** Which scan speaks for which artifact of a package in a run: how findings reach every package that carries a content. */
export interface AnalysisTable {
  run_id: Fixed<number>;
  package_id: Fixed<number>;
  artifact_id: Fixed<number>;
  scan_id: Fixed<number>;
}

/** Artifacts of a package that were not read in a run. */
export interface PackageSkipTable {
  run_id: Fixed<number>;
  package_id: Fixed<number>;
  position: Fixed<number>;
  path: Fixed<Json>;
  reason: Fixed<string>;
  detail: Fixed<string>;
}

export interface VerdictTable {
  run_id: Fixed<number>;
  token_id: Fixed<number>;
  /** As configured in the run. */
  family: Family;
  verdict: Verdict;
  reason: string;
  policy: string | null;
  /** Which of two verdicts on one token stands: the higher. Makes the outcome independent of the order of arrival. */
  precedence: number;
  decided_at: Millis;
  /** How often a token was looked at in the run, and when an undecided one is due again; null where it never is. */
  looks: number;
  look_after: Millis | null;
}

/** What is remembered of asking about a token: written before the question is sent, so that a crash never asks twice. */
export interface ValidationTable {
  key_id: Fixed<string>;
  fingerprint: Fixed<string>;
  service: Fixed<string>;
  asked_at: Millis;
  settled_at: Millis | null;
  verdict: Verdict | null;
  reason: string | null;
  /** How many answers in a row left the token undecided, and when it is to be asked about again. */
  looks: Generated<number>;
  look_after: Millis | null;
}

/** One request to a service: who was asked, when, what came back. The path has `{token}` in place of every part. */
export interface ServiceRequestTable {
  id: Generated<number>;
  run_id: Fixed<number | null>;
  /** `control` asks about a random token that belongs to nobody. */
  kind: Fixed<'token' | 'control'>;
  service: Fixed<string>;
  key_id: Fixed<string>;
  fingerprint: Fixed<string | null>;
  sent_at: Fixed<Millis>;
  host: Fixed<string>;
  method: Fixed<string>;
  path: Fixed<string>;
  status: Fixed<number | null>;
  content_type: Fixed<string | null>;
  verdict: Fixed<Verdict>;
  reason: Fixed<string>;
  /** Random, and the same however often the row is written; null in rows from before there were marks. */
  mark: Fixed<string | null>;
}

/** Every right to ask that was given, never changed but for the answer: shows questions whose answer was lost. */
export interface QuestionTable {
  id: Generated<number>;
  run_id: Fixed<number | null>;
  key_id: Fixed<string>;
  fingerprint: Fixed<string>;
  service: Fixed<string>;
  asked_at: Fixed<Millis>;
  settled_at: Millis | null;
  verdict: Verdict | null;
  reason: string | null;
}

/** Receipt of a batch that was written, encrypted, for the people of a service. Nothing here opens anything. */
export interface DisclosureTable {
  id: Generated<number>;
  run_id: Fixed<number>;
  service: Fixed<string>;
  /** The public key that the batch was encrypted to. */
  recipient: Fixed<string>;
  /** Name of the file, without its folder. */
  file: Fixed<string>;
  /** Of the encrypted file. */
  sha256: Fixed<string>;
  tokens: Fixed<number>;
  /** Records of the batch: every token with every place it stands in. */
  places: Fixed<number>;
  made_at: Fixed<Millis>;
}

export interface DisclosedTokenTable {
  disclosure_id: Fixed<number>;
  token_id: Fixed<number>;
}

/** Requests sent to a host, hour by hour. */
export interface RequestTable {
  host: Fixed<string>;
  hour: Fixed<number>;
  count: number;
}

/** One row per host: locked while its budget is read and written. */
export interface HostTable {
  host: Fixed<string>;
  touched_at: Millis;
  /** Nothing is sent to it before. */
  backoff_until: Generated<Millis | null>;
  /** How often in a row it asked to slow down. */
  backoff_level: Generated<number>;
  backoff_reason: Generated<string | null>;
  /** Set while its breaker is open; once passed, one request tries whether it is back. */
  breaker_until: Generated<Millis | null>;
  breaker_level: Generated<number>;
  /** Until then the one request that tries is awaited. */
  trial_until: Generated<Millis | null>;
  /** In a row, of all workers. */
  failures: Generated<number>;
  switched_off: Generated<string | null>;
}

/** The right to one request, or to one connection, of a lane to a host; shared by all workers. */
export interface PermitTable {
  lane: Fixed<string>;
  position: Fixed<number>;
  host: string;
  /** From then on anyone may take it; while it is held, the end of its lease. */
  free_at: Millis;
  holder: string | null;
  /** The holder's mark for this one use. */
  ticket: number | null;
  /** It is taken a moment before it may be used, which is then. */
  usable_at: Millis;
}

/** Processes that work on this database, or did. */
export interface WorkerTable {
  holder: Fixed<string>;
  code_version: Fixed<string>;
  detector_stamp: Fixed<string>;
  started_at: Fixed<Millis>;
  seen_at: Millis;
  ended_at: Millis | null;
  /** What it does, or why it ended. */
  note: string | null;
}

/** One control probe for each run and service, whichever worker came to it first. */
export interface ControlProbeTable {
  run_id: Fixed<number>;
  service: Fixed<string>;
  /** Null while somebody is asking. */
  state: string | null;
  holder: string | null;
  held_until: Millis;
}

/** Jobs where no better queue is at hand; ids and numbers alone, never a token. */
export interface JobTable {
  id: Generated<number>;
  queue: Fixed<string>;
  key: Fixed<string>;
  payload: Json;
  /** Nobody takes it before: it is for later, or in somebody's hands. */
  not_before: Millis;
  attempts: number;
  holder: string | null;
  reason: string | null;
  /** 1 where it failed too often. */
  parked: Flag;
}

/** Items of a registry that could not be understood. */
export interface DroppedItemTable {
  run_id: Fixed<number>;
  registry: Fixed<RegistryId>;
  reason: Fixed<string>;
  count: number;
}

/** Where the changes of a registry go on after the last complete frame. */
export interface FeedTable {
  registry: Fixed<RegistryId>;
  cursor: string;
  run_id: number;
  read_at: Millis;
}

/** Counts of one stratum of a closed run: survive when raw rows are pruned. */
export interface RunStratumTable {
  run_id: Fixed<number>;
  registry: Fixed<RegistryId>;
  tier: Fixed<Tier>;
  population: number;
  selected: number;
  scanned: number;
  without_release: number;
  failed: number;
  pending: number;
  partial: number;
}

/** What a policy's estimates say, printed as stored: of one tier. */
export interface RunTierIncidenceTable extends IncidenceColumns {
  run_id: Fixed<number>;
  registry: Fixed<RegistryId>;
  tier: Fixed<Tier>;
  policy: Fixed<string>;
}

/** … and of a whole registry. */
export interface RunIncidenceTable extends IncidenceColumns {
  /** 0 where no service of the run could have led to the policy: its zeros then mean nothing. */
  used: Flag;
  run_id: Fixed<number>;
  registry: Fixed<RegistryId>;
  policy: Fixed<string>;
}

interface IncidenceColumns {
  detections: number;
  restricted_only: number;
  undecided: number;
  total: number;
  total_low: number;
  total_high: number;
  rate: number;
  rate_low: number;
  rate_high: number;
  method: string;
}

/** Tokens and packages by verdict; `family` is a family or `any`. */
export interface RunVerdictTable {
  run_id: Fixed<number>;
  registry: Fixed<RegistryId>;
  family: Fixed<Family | 'any'>;
  verdict: Fixed<Verdict>;
  tokens: number;
  packages: number;
}

export type ReasonKind = 'failed' | 'no-release' | 'skipped';

export interface RunReasonTable {
  run_id: Fixed<number>;
  registry: Fixed<RegistryId>;
  kind: Fixed<ReasonKind>;
  reason: Fixed<string>;
  packages: number;
  items: number;
}

/** `registry` is a registry, or `all` for tokens counted once over all of them. */
export interface RunServiceCellTable {
  run_id: Fixed<number>;
  policy: Fixed<string>;
  service: Fixed<string>;
  registry: Fixed<RegistryId | 'all'>;
  packages: number;
  tokens: number;
}

/** One token in many packages, the largest first. */
export interface RunClusterTable {
  run_id: Fixed<number>;
  policy: Fixed<string>;
  position: Fixed<number>;
  service: string;
  verdict: Verdict;
  packages: number;
  /** Packages by registry, as a JSON object. */
  registries: Json;
}

/** The catalogue of policies, for queries; rewritten from `policies.ts`. */
export interface PolicyTable {
  id: string;
  position: number;
  title: string;
  family: Family | 'any';
  severity: string;
  ci_status: string;
}

/** The registries in their order, for queries. */
export interface RegistryTable {
  id: RegistryId;
  position: number;
  label: string;
}

/** The tiers in their order, for queries. */
export interface TierTable {
  id: Tier;
  position: number;
  first_rank: number;
  /** Null for the unranked. */
  last_rank: number | null;
}

/** The dictionary of the views, for whoever opens the database without this program. */
export interface DataDictionaryTable {
  view: string;
  position: number;
  name: string;
  meaning: string;
}

export interface Schema {
  meta: MetaTable;
  run: RunTable;
  run_registry: RunRegistryTable;
  run_service: RunServiceTable;
  package: PackageTable;
  ranking: RankingTable;
  place: PlaceTable;
  selection: SelectionTable;
  release: ReleaseTable;
  artifact: ArtifactTable;
  scan: ScanTable;
  scan_skip: ScanSkipTable;
  token: TokenTable;
  occurrence: OccurrenceTable;
  analysis: AnalysisTable;
  package_skip: PackageSkipTable;
  verdict: VerdictTable;
  validation: ValidationTable;
  question: QuestionTable;
  disclosure: DisclosureTable;
  disclosed_token: DisclosedTokenTable;
  service_request: ServiceRequestTable;
  request: RequestTable;
  host: HostTable;
  permit: PermitTable;
  worker: WorkerTable;
  control_probe: ControlProbeTable;
  job: JobTable;
  dropped_item: DroppedItemTable;
  feed: FeedTable;
  run_stratum: RunStratumTable;
  run_tier_incidence: RunTierIncidenceTable;
  run_incidence: RunIncidenceTable;
  run_verdict: RunVerdictTable;
  run_reason: RunReasonTable;
  run_service_cell: RunServiceCellTable;
  run_cluster: RunClusterTable;
  policy: PolicyTable;
  registry: RegistryTable;
  tier: TierTable;
  data_dictionary: DataDictionaryTable;
}
