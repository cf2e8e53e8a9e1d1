import type { Statistics } from '../data/statistics/model.ts';

/** A file of a report, relative to the report's folder. */
export interface ReportFile {
  readonly name: string;
  readonly content: string;
}

/**
 * A way to put statistics on paper. Pure and deterministic: the same statistics give the same bytes, whatever the clock,
 * the machine and the locale. Figures are formatted here, never computed.
 */
export interface ReportFormat {
  readonly id: string;
  readonly label: string;
  render(statistics: Statistics): Promise<readonly ReportFile[]>;
}
