/** www.nuget.org: the pages for people that list packages, its robots.txt, and its refusal of HEAD. */
import type { Answer, StandInRequest } from '../server.ts';
import type { WorldPackage } from '../world.ts';
import { isHidden, matches, ownerOf, type SearchOptions } from './search.ts';

export interface PagesOptions extends SearchOptions {
  /** How the pages are built: as today, or as before, when links did not name ids and tables had captions. */
  readonly layout?: 'today' | 'before';
}

const PER_PAGE = 20;
const LAST_PAGE = 1501;
const IN_STATISTICS = 100;

const ROBOTS = 'User-agent: *\nDisallow: /api/v2/package/*\n';

export function pages(
  { method, path, query, headers }: StandInRequest,
  packages: readonly WorldPackage[],
  options: PagesOptions,
): Answer | null {
  if (method === 'HEAD') return { status: 404, headers: { 'content-type': 'text/html; charset=utf-8' }, body: '' };
  if (method !== 'GET') return null;
  if (path === '/robots.txt') return { status: 200, headers: { 'content-type': 'text/plain' }, body: ROBOTS };
  // Digits are grouped as the reader's language does.
  const culture = headers['accept-language']?.startsWith('en') === true ? 'en-US' : 'de-DE';
  if (path === '/packages') return html('NuGet Gallery | Packages', list(query, packages, options, culture));
  if (path === '/stats/packages') return html('NuGet Gallery | Package Downloads', statistics(packages, options, culture));
  return null;
}

function list(query: URLSearchParams, packages: readonly WorldPackage[], options: PagesOptions, culture: string): string {
  const parameters = new URLSearchParams({
    q: query.get('q') ?? '',
    semVerLevel: '2.0.0',
    prerelease: query.get('prerel') ?? 'true',
  });
  const found = matches(parameters, packages, options);
  const page = Math.max(1, Number(query.get('page') ?? 1));
  const first = (page - 1) * PER_PAGE;
  const shown = page > LAST_PAGE ? [] : found.slice(first, first + PER_PAGE);
  const items = shown.map(({ package: one, release }, index) => {
    const id = escaped(one.name);
    const isToday = options.layout !== 'before';
    const tag = isToday ? 'li' : 'article';
    const named = isToday ? ` data-package-id="${id}" data-package-version="${escaped(release.version)}"` : '';
    return `<${tag} class="package">
      <div class="row"><div class="col-sm-1 hidden-xs hidden-sm"><img class="package-icon img-responsive" alt="" /></div>
      <div class="col-sm-11"><div class="package-header"><h2 class="package-title">
        <a class="package-title" href="/packages/${encodeURIComponent(one.name)}" data-track="package-selected" data-track-value="${first + index}"${named}>${id.replaceAll('.', '<wbr>.')}</a></h2>
        <span class="package-by">by: <span><a href="/profiles/${ownerOf(one)}">${ownerOf(one)}</a></span></span></div>
      <ul class="package-list">
        <li><span class="icon-text"><i class="ms-Icon ms-Icon--Download" aria-hidden="true"></i> ${one.downloads.toLocaleString(culture)} total downloads</span></li>
        <li><span class="icon-text"><i class="ms-Icon ms-Icon--History" aria-hidden="true"></i> last updated <span data-datetime="${release.publishedAt}">a year ago</span></span></li>
        <li><span class="icon-text"><i class="ms-Icon ms-Icon--Flag" aria-hidden="true"></i> Latest version: <span class="text-nowrap">${escaped(release.version)}</span></span></li>
        <li class="package-tags"><span class="icon-text"><i class="ms-Icon ms-Icon--Tag" aria-hidden="true"></i> </span></li>
      </ul><div class="package-details">An invented package</div></div></div></${tag}>`;
  });
  const next =
    first + PER_PAGE < found.length && page < LAST_PAGE
      ? `<li class="next"><a href="/packages?page=${page + 1}&amp;sortBy=totalDownloads-desc" title="Go to the next page">Next</a></li>`
      : '<li class="next"><span>Next</span></li>';
  return `<h1 tabindex="-1">There are ${found.length.toLocaleString(culture)} packages</h1>
    <div class="list-packages"><ul class="list-packages">${items.join('\n')}</ul></div>
    <ul class="pager">${next}</ul>`;
}

function statistics(packages: readonly WorldPackage[], options: PagesOptions, culture: string): string {
  const found = matches(new URLSearchParams({ q: '', semVerLevel: '2.0.0', prerelease: 'true' }), packages, {
    ...options,
    excluded: new Set(),
  });
  const all = found.map((one) => one.package);
  const community = all.filter((one) => !isHidden(one, options));
  return `<div class="last-updated">Statistics last updated at <span data-datetime="2026-11-01T04:05:06.0000000Z">2026-11-01 04:05:06 UTC</span></div>
    ${table('Packages with the most downloads', all, options, culture)}
    ${table('Community packages with the most downloads', community, options, culture)}`;
}

function table(label: string, packages: readonly WorldPackage[], { layout }: PagesOptions, culture: string): string {
  const rows = packages.slice(0, IN_STATISTICS).map((one, index) => {
    const href = `/packages/${encodeURIComponent(one.name)}`;
    return `<tr><td scope="row">${index + 1}</td><td><a href="${href}">${escaped(one.name)}</a></td>
      <td class="text-right"><a href="/stats${href}?groupby=Version">${one.downloads.toLocaleString(culture)}</a></td></tr>`;
  });
  const [attribute, caption] =
    layout === 'before'
      ? ['', `<caption class="sr-only">The ${label.charAt(0).toLowerCase()}${label.slice(1)}.</caption>`]
      : [` aria-label="${label}"`, ''];
  return `<table class="table borderless"${attribute}>${caption}<thead><tr><th>Rank</th><th>Package ID</th><th>Downloads</th></tr></thead>
    <tbody>${rows.join('\n')}</tbody></table>`;
}

function html(title: string, body: string): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'private, no-cache' },
    body: `<!DOCTYPE html><html lang="en"><head><title>${title}</title></head><body><section role="main">${body}</section></body></html>`,
  };
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
