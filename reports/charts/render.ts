/** From a chart's specification to its picture. */
import type { Chart } from '../charts.ts';
import type { Look } from './parts.ts';
import { darkRules, THEMES } from './theme.ts';

/** A wide picture, and a narrow one for small screens: text in a picture that is scaled down cannot be read. */
export const WIDTHS = { wide: 520, narrow: 150 } as const;
export type Width = keyof typeof WIDTHS;

/** `adaptive` is drawn light, and turns dark with its reader's choice where the program that shows it knows how. */
export type Picture =
  | { readonly colours: 'light' | 'dark' | 'adaptive'; readonly width: 'wide' }
  | { readonly colours: 'page'; readonly width: Width };

/**
 * The picture of a chart as SVG, with title, description and role; null where there is nothing to draw. The same chart gives the
 * same bytes, and ids that no other chart and picture has.
 */
export async function svgOf(chart: Chart, picture: Picture): Promise<string | null> {
  if (chart.spec === null) return null;
  const svg = await draw(chart.spec(lookOf(picture)));
  const id = `chart-${chart.id}-${picture.colours}-${picture.width}`;
  const head = `<title id="${id}-title">${escapeXml(chart.title)}</title><desc id="${id}-desc">${escapeXml(chart.description)}</desc>`;
  const style = picture.colours === 'adaptive' ? `<style>${darkRules()}</style>` : '';
  return withoutInnerRoles(withStableClips(svg, id))
    .replace(/^<svg /, `<svg role="img" aria-labelledby="${id}-title ${id}-desc" `)
    .replace(/>/, `>${head}${style}`);
}

export function lookOf({ colours, width }: Picture): Look {
  return { theme: THEMES[colours === 'adaptive' ? 'light' : colours], plot: WIDTHS[width] };
}

async function draw(spec: ReturnType<NonNullable<Chart['spec']>>): Promise<string> {
  // Loaded when something is drawn: they take longer to start than all the rest of a command.
  const [{ compile }, { parse, View }] = await Promise.all([import('vega-lite'), import('vega')]);
  const view = new View(parse(compile(spec).spec), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

/** The picture is one image with a name and a description: what the renderer says of its parts would be read by nobody, or twice. */
function withoutInnerRoles(svg: string): string {
  return svg.replace(/ (?:role|aria-[a-z]+)="[^"]*"/g, '');
}

/** The renderer numbers its clips over the life of the process. */
function withStableClips(svg: string, id: string): string {
  const numbers = new Map<string, number>();
  return svg.replace(/\bclip\d+\b/g, (clip) => {
    const number = numbers.get(clip) ?? numbers.size + 1;
    numbers.set(clip, number);
    return `${id}-clip-${number}`;
  });
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
