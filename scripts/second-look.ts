/**
 * The second look at tokens whose service gave no usable answer: before a run is closed, those whose time has come are asked about
 * again. What is not due by then stays undecided in this run and is for a later one. No token is kept, so each is found again in
 * one artifact that carries it.
 */
import { CrawlError, NotAllowed } from '../crawler/errors.ts';
import { RunError } from '../data/store/run.ts';
import { dueUnknown, saveSecondLook, type OpenQuestion } from '../data/store/verdict.ts';
import { traceOf } from './errors.ts';
import { downloadAndScan, type Line, type Track } from './pipeline.ts';

/**
 * Goes once over all that is due now. A token that cannot be found again stays undecided.
 *
 * @returns false where asked to stop before the end
 */
export async function lookAgain(line: Line, tracks: readonly Track[]): Promise<boolean> {
  const due = await line.insist(() => dueUnknown(line.database, line.run, line.now()));
  for (const [done, question] of due.entries()) {
    if (line.draining.aborted) return false;
    const track = tracks.find(({ registry }) => registry.id === question.registry);
    if (track === undefined) continue;
    line.report({ registry: question.registry, stage: 'looking again at undecided tokens', done, total: due.length });
    await lookAgainInto(line, track, question);
  }
  return true;
}

async function lookAgainInto(line: Line, track: Track, { name, version, artifact, fingerprints }: OpenQuestion): Promise<void> {
  const wanted = new Set(fingerprints);
  const io = track.io(() => {});
  try {
    const scan = await downloadAndScan(line, io, artifact);
    const findings = await line.validator.judge(scan.candidates.filter((one) => wanted.has(one.fingerprint)));
    await line.insist(() => saveSecondLook(line.database, line.run, findings, line.now()));
  } catch (error) {
    if (error instanceof NotAllowed || error instanceof RunError || line.signal.aborted) throw error;
    // A first look is kept, whatever stops the second.
    const reason = error instanceof CrawlError ? error.reason : traceOf(error);
    const fields = { registry: track.registry.id, package: name, version, reason };
    line.log.warn(fields, 'undecided tokens could not be looked at again');
  }
}
