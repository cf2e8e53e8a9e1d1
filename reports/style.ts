/** The style sheet of the HTML page. Contrast of text is at least 4.5 to 1 in both modes. */
export const PAGE_STYLE = `:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1f2328; --quiet: #59636e; --grid: #d1d9e0; --tint: #f6f8fa; --link: #0b57b0; --focus: #0b57b0;
  --bar: #2f6fb3; --top100: #8a3b12; --top1000: #c8701f; --top10000: #d9a441; --unranked: #6e7781;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #0d1117; --ink: #f0f3f6; --quiet: #a8b3bd; --grid: #3d444d; --tint: #161b22; --link: #79b8ff; --focus: #79b8ff;
    --bar: #6cb0f5; --top100: #ff9b6a; --top1000: #f0b35e; --top10000: #f5d98b; --unranked: #9ea7b0;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.6 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { max-width: 54rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0.5rem 0 0; }
h1 + p { font-size: 1.15rem; color: var(--quiet); margin-top: 0.25rem; }
h2 { font-size: 1.5rem; margin: 2.5rem 0 0.75rem; padding-bottom: 0.25rem; border-bottom: 1px solid var(--grid); }
h3 { font-size: 1.2rem; margin: 2rem 0 0.5rem; }
h4 { font-size: 1rem; margin: 1.5rem 0 0.25rem; }
p, li { max-width: 46rem; overflow-wrap: anywhere; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
blockquote { margin: 1rem 0; padding: 0.25rem 1rem; border-left: 4px solid var(--top1000); background: var(--tint); }
blockquote ul { padding-left: 1rem; }
code { font: 0.9em ui-monospace, Consolas, monospace; background: var(--tint); padding: 0.1em 0.3em; border-radius: 4px; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-size: 0.92rem; font-variant-numeric: tabular-nums; min-width: 100%; }
th, td { padding: 0.4rem 0.7rem; border-bottom: 1px solid var(--grid); text-align: left; vertical-align: top; }
thead th { background: var(--tint); font-weight: 600; vertical-align: bottom; }
tbody th { font-weight: 500; white-space: nowrap; }
[align="right"] { text-align: right; }
figure.chart { margin: 1rem 0; overflow-x: auto; }
figure.chart svg { max-width: 100%; min-width: 22rem; height: auto; display: block; }
figcaption { color: var(--quiet); font-size: 0.9rem; margin-top: 0.25rem; }
@media print {
  :root { --paper: #ffffff; --ink: #000000; --quiet: #333333; --grid: #999999; --tint: #ffffff; --link: #000000; }
  main { max-width: none; padding: 0; }
  h2, h3, h4 { break-after: avoid; }
  figure, table, blockquote { break-inside: avoid; }
  .scroll, figure.chart { overflow: visible; }
}
`;
