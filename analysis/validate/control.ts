import { Secret, type Parts } from '../secret.ts';
import type { Probe, ProbeRequest, Random, Service } from '../service.ts';

export interface ControlQuestion {
  readonly parts: Parts;
  readonly requests: readonly ProbeRequest[];
}

/**
 * A question about a random well-formed token, of the given format where its samples can be asked about, else of another
 * one of the service. Null where none can.
 */
export async function controlQuestion(
  service: Service,
  probe: Probe,
  formatId: string,
  random: Random,
  now: Date,
): Promise<ControlQuestion | null> {
  const formats = service.formats.toSorted((a, b) => Number(b.id === formatId) - Number(a.id === formatId));
  for (const format of formats) {
    for (const sample of format.samples(random).hits) {
      const parts: Parts = Object.fromEntries(Object.entries(sample.parts).map(([name, text]) => [name, new Secret(text)]));
      // A sample that is judged without a question is no test of the question.
      if (((await service.judge?.(parts, { now })) ?? null) !== null) continue;
      const requests = await probe.requests(parts, { now });
      if (requests !== null && requests.length > 0) return { parts, requests };
    }
  }
  return null;
}
