import type { ReportFormat } from '../format.ts';
import { csv } from './csv.ts';
import { html } from './html.ts';
import { json } from './json.ts';
import { markdown } from './markdown.ts';
import { svg } from './svg.ts';

/** Every format, in the order in which `report` writes them. */
export const FORMATS = [markdown, html, svg, csv, json] as const satisfies readonly ReportFormat[];

export type FormatId = (typeof FORMATS)[number]['id'];
