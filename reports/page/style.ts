/** The style sheet of the HTML page and of a section inside another page. */
import { THEMES, variablesOf } from '../charts/theme.ts';

const { light, dark } = THEMES;

/** Everything stands below one class, so that a section can live in a page with a style of its own. */
export const STYLE = `.incidence {
  color-scheme: light dark;
  ${variablesOf(light)} --tint: #f6f8fa; --link: #0b57b0;
  background: var(--paper); color: var(--ink); font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", sans-serif;
}
@media (prefers-color-scheme: dark) {
  .incidence { ${variablesOf(dark)} --tint: #161b22; --link: #79b8ff; }
}
@media print {
  .incidence { ${variablesOf(light)} --tint: #f6f8fa; --link: #0b57b0; color-scheme: light; }
}
.incidence *, .incidence *::before, .incidence *::after { box-sizing: border-box; }
.incidence h1 { font-size: 2rem; line-height: 1.2; margin: 0.5rem 0 0; }
.incidence h1 + p { font-size: 1.15rem; color: var(--quiet); margin-top: 0.25rem; }
.incidence h2 { font-size: 1.5rem; margin: 3rem 0 0.75rem; padding-bottom: 0.25rem; border-bottom: 1px solid var(--grid); }
.incidence h3 { font-size: 1.2rem; margin: 2.5rem 0 0.5rem; }
.incidence h4 { font-size: 1rem; margin: 1.75rem 0 0.25rem; }
.incidence :is(p, li) { max-width: 46rem; overflow-wrap: anywhere; }
.incidence li { margin: 0.2rem 0; }
.incidence a { color: var(--link); }
.incidence :focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.incidence blockquote { margin: 1.25rem 0; padding: 0.25rem 1rem; border-left: 4px solid var(--top1000); background: var(--tint); }
.incidence blockquote ul { padding-left: 1rem; }
.incidence code { font: 0.88em/1.5 ui-monospace, "SF Mono", Consolas, "DejaVu Sans Mono", monospace; background: var(--tint); padding: 0.1em 0.3em; border-radius: 4px; overflow-wrap: anywhere; }
.incidence pre { background: var(--tint); padding: 0.75rem 1rem; border-radius: 6px; margin: 0.5rem 0 1rem; overflow-x: auto; }
.incidence pre code { padding: 0; background: none; overflow-wrap: normal; }
.incidence .scroll { overflow-x: auto; margin: 1rem 0; }
.incidence table { border-collapse: collapse; font-size: 0.9rem; line-height: 1.4; font-variant-numeric: tabular-nums; min-width: 100%; }
.incidence :is(th, td) { padding: 0.45rem 0.6rem; border-bottom: 1px solid var(--grid); text-align: left; vertical-align: top; }
.incidence :is(th, td)[align="right"] { text-align: right; }
.incidence td[align="right"] { white-space: nowrap; }
.incidence thead th { background: var(--tint); font-weight: 600; vertical-align: bottom; }
.incidence tbody th { font-weight: 500; white-space: nowrap; }
.incidence thead button { all: unset; cursor: pointer; font-weight: 600; }
.incidence thead button::after { content: "\\a0\\2195" / ""; color: var(--quiet); }
.incidence thead button:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.incidence [aria-sort="ascending"] button::after { content: "\\a0\\2191" / ""; color: var(--ink); }
.incidence [aria-sort="descending"] button::after { content: "\\a0\\2193" / ""; color: var(--ink); }
.incidence figure { margin: 1.25rem 0; }
.incidence figure svg { max-width: 100%; height: auto; }
.incidence figure .wide { display: block; }
.incidence figure .narrow { display: none; }
.incidence figcaption { color: var(--quiet); font-size: 0.9rem; margin-top: 0.25rem; }
@media screen and (max-width: 40rem) {
  .incidence figure .wide { display: none; }
  .incidence figure .narrow { display: block; }
}
@media print {
  .incidence { font-size: 10.5pt; }
  .incidence :is(h2, h3, h4) { break-after: avoid; }
  .incidence :is(figure, tr, blockquote, pre) { break-inside: avoid; }
  .incidence thead { display: table-header-group; }
  .incidence .scroll { overflow: visible; }
  .incidence table { font-size: 8.5pt; }
  .incidence td[align="right"] { white-space: normal; }
  .incidence pre { white-space: pre-wrap; }
  .incidence pre code { overflow-wrap: anywhere; }
  .incidence thead button::after { content: none; }
}
`;

/** What a page of its own needs besides. */
export const PAGE_STYLE = `html { background: ${light.paper}; }
@media (prefers-color-scheme: dark) { html { background: ${dark.paper}; } }
@media print { html { background: ${light.paper}; } }
body { margin: 0; }
main { max-width: 56rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
@media print { main { max-width: none; padding: 0; } }
${STYLE}`;
