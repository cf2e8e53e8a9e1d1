/**
 * The policies that a package passes or violates by the tokens it carries, as data.
 *
 * Ids, wording of labels and values follow the public policy catalogue of Spectra Assure (repository
 * `reversinglabs/rl-scanner-metadata`, MIT licence), so that a section generated here can stand on the policy's page.
 * They live in `data/` because the statistics group by them and the reports print them.
 */
import type { Family, Verdict } from './model.ts';

export interface Policy {
  readonly id: string;
  /** The sentence under the id on the policy's page. */
  readonly title: string;
  readonly family: Family;
  /** Remediation order, P0 first; null is printed as "None". */
  readonly priority: 0 | 1 | 2 | 3 | 4 | null;
  readonly ciStatus: 'pass' | 'fail';
  readonly severity: 'high' | 'medium' | 'low';
  readonly effort: 'high' | 'medium' | 'low';
  /** SAFE level from which the policy blocks; null where it never does. */
  readonly safeLevel: 1 | 2 | 3 | 4 | 5 | null;
  readonly assessment: { readonly category: 'secrets'; readonly status: 'pass' | 'warning' | 'fail'; readonly reason: string };
}

type Group = 'active' | 'inactive' | 'untested' | 'published-example' | 'canary';

const HIGH = { priority: 0, ciStatus: 'fail', severity: 'high', effort: 'medium', safeLevel: 2 } as const;
const MEDIUM = { priority: 2, ciStatus: 'pass', severity: 'medium', effort: 'medium', safeLevel: null } as const;
const LOW = { priority: null, ciStatus: 'pass', severity: 'low', effort: 'low', safeLevel: null } as const;

function secrets(status: 'pass' | 'warning' | 'fail', reason: string): Policy['assessment'] {
  return { category: 'secrets', status, reason };
}

export const POLICIES = [
  {
    id: 'SQ34251',
    title: 'Detected presence of commonly distributed web service tokens.',
    family: 'token',
    ...LOW,
    assessment: secrets('pass', 'commonly distributed service tokens'),
  },
  {
    id: 'SQ34252',
    title: 'Detected presence of self-declared canary tokens.',
    family: 'token',
    ...LOW,
    assessment: secrets('pass', 'self-declared canary tokens'),
  },
  {
    id: 'SQ34253',
    title: 'Detected presence of inactive web service access tokens.',
    family: 'token',
    ...LOW,
    assessment: secrets('warning', 'inactive web service access tokens'),
  },
  {
    id: 'SQ34254',
    title: 'Detected presence of inactive web service API keys.',
    family: 'api-key',
    ...LOW,
    assessment: secrets('warning', 'inactive web service API keys'),
  },
  {
    id: 'SQ34255',
    title: 'Detected presence of inactive web service webhook keys.',
    family: 'webhook',
    ...LOW,
    assessment: secrets('warning', 'inactive web service webhook keys'),
  },
  {
    id: 'SQ34256',
    title: 'Detected presence of inactive web service access credentials.',
    family: 'credentials',
    ...LOW,
    assessment: secrets('warning', 'inactive web service access credentials'),
  },
  {
    id: 'SQ34303',
    title: 'Detected presence of web service access credentials.',
    family: 'credentials',
    ...HIGH,
    assessment: secrets('fail', 'web service access credentials'),
  },
  {
    id: 'SQ34304',
    title: 'Detected presence of web service access tokens.',
    family: 'token',
    ...HIGH,
    assessment: secrets('fail', 'web service access tokens'),
  },
  {
    id: 'SQ34305',
    title: 'Detected presence of web service API keys.',
    family: 'api-key',
    ...MEDIUM,
    assessment: secrets('warning', 'web service API keys'),
  },
  {
    id: 'SQ34306',
    title: 'Detected presence of web service webhook keys.',
    family: 'webhook',
    ...HIGH,
    assessment: secrets('fail', 'web service webhook keys'),
  },
  {
    id: 'SQ34401',
    title: 'Detected presence of active web service tokens.',
    family: 'token',
    ...HIGH,
    assessment: secrets('fail', 'active web service credentials'),
  },
  {
    id: 'SQ34402',
    title: 'Detected presence of active web service API keys.',
    family: 'api-key',
    ...MEDIUM,
    assessment: secrets('warning', 'active web service API keys'),
  },
  {
    id: 'SQ34403',
    title: 'Detected presence of active web service webhook keys.',
    family: 'webhook',
    ...HIGH,
    assessment: secrets('fail', 'active web service webhook keys'),
  },
  {
    id: 'SQ34404',
    title: 'Detected presence of active web service access credentials.',
    family: 'credentials',
    ...HIGH,
    assessment: secrets('fail', 'active web service access credentials'),
  },
] as const satisfies readonly Policy[];

export type PolicyId = (typeof POLICIES)[number]['id'];
export const DEFAULT_POLICY: PolicyId = 'SQ34401';

const BY_GROUP: Readonly<Record<Group, Readonly<Record<Family, PolicyId>>>> = {
  active: { token: 'SQ34401', 'api-key': 'SQ34402', webhook: 'SQ34403', credentials: 'SQ34404' },
  inactive: { token: 'SQ34253', 'api-key': 'SQ34254', webhook: 'SQ34255', credentials: 'SQ34256' },
  untested: { token: 'SQ34304', 'api-key': 'SQ34305', webhook: 'SQ34306', credentials: 'SQ34303' },
  'published-example': { token: 'SQ34251', 'api-key': 'SQ34251', webhook: 'SQ34251', credentials: 'SQ34251' },
  canary: { token: 'SQ34252', 'api-key': 'SQ34252', webhook: 'SQ34252', credentials: 'SQ34252' },
};

const GROUP_OF: Readonly<Record<Verdict, Group | null>> = {
  active: 'active',
  restricted: 'active',
  inactive: 'inactive',
  // An unanswered question is item non-response of the active policy: the statistics count it there, as neither yes nor no.
  unknown: null,
  untested: 'untested',
  'published-example': 'published-example',
  canary: 'canary',
  'public-by-design': null,
};

/** The policy that a verdict on a token of a family falls under; null for `unknown` (non-response) and `public-by-design`. */
export function policyOf(family: Family, verdict: Verdict): PolicyId | null {
  const group = GROUP_OF[verdict];
  return group === null ? null : BY_GROUP[group][family];
}

/** The active policy of a family: the one whose statistics an `unknown` verdict leaves open. */
export function activePolicyOf(family: Family): PolicyId {
  return BY_GROUP.active[family];
}

/** The policy with this id; an unknown id is an error that names the valid ones. */
export function policyById(id: string): Policy {
  const policy = POLICIES.find((one) => one.id === id);
  if (policy === undefined) {
    throw new Error(`no policy ${id} in the catalogue; it has ${POLICIES.map((one) => one.id).join(', ')}`);
  }
  return policy;
}
