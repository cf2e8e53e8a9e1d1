/** `/stats`: ten pages of ten gems, in the layout since June 2026 and in the one before. */
import type { Answer, StandInRequest } from '../server.ts';
import type { WorldPackage } from '../world.ts';
import { isIndexed } from './compact-index.ts';

const PER_PAGE = 10;
const PAGES = 10;

export type StatisticsLayout = 'since-2026' | 'before-2026';

export function statisticsPage({ query }: StandInRequest, gems: readonly WorldPackage[], layout: StatisticsLayout): Answer {
  const asked = query.get('page') ?? '1';
  const page = Number(asked);
  if (!/^\d+$/.test(asked) || page < 1 || page > PAGES) {
    // Not 404: who only follows links goes round in circles.
    return { status: 302, headers: { location: '/stats?page=1' }, body: '' };
  }
  const most = gems
    .filter((one) => one.rank !== null && isIndexed(one))
    .sort((a, b) => b.downloads - a.downloads || (a.name < b.name ? 1 : -1));
  const rows = most.slice((page - 1) * PER_PAGE, page * PER_PAGE);
  const [top] = most;
  const row = layout === 'since-2026' ? rowSince2026 : rowBefore2026;
  const html = `<!DOCTYPE html>
<html lang="en"><head><title>Stats | RubyGems.org</title></head><body>
<h1>Stats</h1>
<div class="cards"><p>Total gems <span>${grouped(gems.length)}</span></p><p>Total users <span>1,234</span></p><p>Total downloads <span>${grouped(most.reduce((sum, one) => sum + one.downloads, 0))}</span></p></div>
<h2>All Time Most Downloaded</h2>
${rows.map((one) => row(one, top?.downloads ?? 1)).join('\n')}
</body></html>`;
  return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: html };
}

function rowSince2026(one: WorldPackage, most: number): string {
  const width = (100 * one.downloads) / most;
  return `<div class="mb-6">
  <h3 class="text-b2"><a class="text-orange-500" href="/gems/${encodeURIComponent(one.name)}">${one.name}</a></h3>
  <div class="h-8" data-testid="stats-graph-gem-meter" data-stats-width-value="${width}">
    <span class="pl-2">${grouped(one.downloads)}</span>
  </div>
</div>`;
}

function rowBefore2026(one: WorldPackage, most: number): string {
  const width = (100 * one.downloads) / most;
  return `<div class="stats__graph__gem">
  <h3 class="stats__graph__gem__name"><a href="/gems/${encodeURIComponent(one.name)}">${one.name}</a></h3>
  <div class="stats__graph__gem__meter-wrap"><div class="stats__graph__gem__meter t-item--hidden" data-bar_width="${width}">
    <span class="stats__graph__gem__count">${grouped(one.downloads)}</span>
  </div></div>
</div>`;
}

function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
