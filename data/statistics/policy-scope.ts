/** Which families and verdicts speak for which policy, and whether a run could have found a violation at all. */
import { FAMILIES, VERDICTS, type Family, type Verdict } from '../model.ts';
import { POLICIES, policyOf, type PolicyId } from '../policies.ts';
import type { ValidationMode } from '../schema.ts';

export interface PolicyScope {
  readonly policy: PolicyId;
  /** Families whose tokens can fall under the policy. */
  readonly families: readonly Family[];
  /** Verdicts that violate it. */
  readonly verdicts: readonly Verdict[];
  /** Whether an `unknown` verdict leaves it open if a package violates: whoever did not answer might have accepted or refused. */
  readonly isLeftOpen: boolean;
}

export const POLICY_SCOPES: readonly PolicyScope[] = POLICIES.map(({ id }) => {
  const pairs = FAMILIES.flatMap((family) => VERDICTS.map((verdict) => ({ family, verdict }))).filter(
    ({ family, verdict }) => policyOf(family, verdict) === id,
  );
  const verdicts = VERDICTS.filter((verdict) => pairs.some((one) => one.verdict === verdict));
  return {
    policy: id,
    families: FAMILIES.filter((family) => pairs.some((one) => one.family === family)),
    verdicts,
    isLeftOpen: verdicts.includes('active') || verdicts.includes('inactive'),
  };
});

export function scopeOf(policy: PolicyId): PolicyScope {
  const scope = POLICY_SCOPES.find((one) => one.policy === policy);
  if (scope === undefined) throw new Error(`no policy ${policy} in the catalogue`);
  return scope;
}

/** The family whose tokens a policy is about; `any` where tokens of each family fall under it, as published examples do. */
export function familyOf(policy: PolicyId): Family | 'any' {
  const [only, ...others] = scopeOf(policy).families;
  return only === undefined || others.length > 0 ? 'any' : only;
}

export interface RunMeans {
  readonly validation: ValidationMode;
  readonly services: readonly { readonly family: Family; readonly checked: boolean; readonly switchedOff: boolean }[];
}

/**
 * Whether a run could find violations of a policy. Accepted tokens can only be known where a service is asked, or was asked before;
 * everything else a run can always tell as soon as it knows a format of the family.
 */
export function isUsed({ families, verdicts }: PolicyScope, { validation, services }: RunMeans): boolean {
  const fitting = services.filter((one) => families.includes(one.family));
  if (!verdicts.includes('active')) return fitting.length > 0;
  return validation !== 'off' && fitting.some((one) => one.checked && !one.switchedOff);
}
