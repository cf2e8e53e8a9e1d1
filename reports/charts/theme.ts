/** Colours of the charts. Text has a contrast of at least 4.5 to 1 on its paper, bars of at least 3 to 1. */
import type { Tier } from '../../data/model.ts';

export interface Theme {
  readonly id: 'light' | 'dark' | 'page';
  readonly ink: string;
  readonly quiet: string;
  readonly grid: string;
  /** Background of a file of its own; null on a page. */
  readonly paper: string | null;
  readonly bar: string;
  readonly tiers: Readonly<Record<Tier, string>>;
}

/** `page` takes the colours from the page's style sheet, so that one picture follows its dark mode. */
export const THEMES = {
  light: {
    id: 'light',
    ink: '#1f2328',
    quiet: '#59636e',
    grid: '#d1d9e0',
    paper: '#ffffff',
    bar: '#2f6fb3',
    tiers: { top100: '#8a3b12', top1000: '#b8621b', top10000: '#b98200', unranked: '#6e7781' },
  },
  dark: {
    id: 'dark',
    ink: '#f0f3f6',
    quiet: '#a8b3bd',
    grid: '#3d444d',
    paper: '#0d1117',
    bar: '#6cb0f5',
    tiers: { top100: '#ff9b6a', top1000: '#f0b35e', top10000: '#f5d98b', unranked: '#9ea7b0' },
  },
  page: {
    id: 'page',
    ink: 'var(--ink)',
    quiet: 'var(--quiet)',
    grid: 'var(--grid)',
    paper: null,
    bar: 'var(--bar)',
    tiers: { top100: 'var(--top100)', top1000: 'var(--top1000)', top10000: 'var(--top10000)', unranked: 'var(--unranked)' },
  },
} as const satisfies Readonly<Record<Theme['id'], Theme>>;

/** The page's style sheet says what the variables of `page` are. */
export function variablesOf(theme: Theme): string {
  const { ink, quiet, grid, paper, bar, tiers } = theme;
  const colours = Object.entries({ paper: paper ?? 'transparent', ink, quiet, grid, bar, ...tiers });
  return colours.map(([name, value]) => `--${name}: ${value};`).join(' ');
}

/**
 * Rules by which a picture that was drawn light turns dark with its reader's choice. Programs that draw SVG without such
 * rules show it light, which is why the picture itself has the plain colours.
 */
export function darkRules(): string {
  const { light, dark } = THEMES;
  const pairs: readonly (readonly [string, string])[] = [
    [light.ink, dark.ink],
    [light.quiet, dark.quiet],
    [light.grid, dark.grid],
    [light.paper, dark.paper],
    [light.bar, dark.bar],
    [light.tiers.top100, dark.tiers.top100],
    [light.tiers.top1000, dark.tiers.top1000],
    [light.tiers.top10000, dark.tiers.top10000],
    [light.tiers.unranked, dark.tiers.unranked],
  ];
  const rules = pairs.map(([from, to]) => `[fill="${from}"]{fill:${to}}[stroke="${from}"]{stroke:${to}}`);
  return `@media (prefers-color-scheme:dark){${rules.join('')}}`;
}
