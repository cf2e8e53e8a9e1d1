/** Words that tables, charts and texts share. */
import type { Tier, Verdict } from '../data/model.ts';

export const TIER_LABELS: Readonly<Record<Tier, string>> = {
  top100: 'Top 100',
  top1000: 'Top 1000',
  top10000: 'Top 10 000',
  unranked: 'Unranked',
};

export const TIER_RANGES: Readonly<Record<Tier, string>> = {
  top100: '1–100',
  top1000: '101–1000',
  top10000: '1001–10 000',
  unranked: 'beyond 10 000',
};

export const VERDICT_LABELS: Readonly<Record<Verdict, string>> = {
  active: 'Active',
  restricted: 'Active, restricted',
  inactive: 'Inactive',
  unknown: 'Could not be told',
  untested: 'Not tested',
  'published-example': 'Published example',
  canary: 'Canary',
  'public-by-design': 'Public by design',
};
