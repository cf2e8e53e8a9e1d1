/** Draws a registry's sample from the frame in the database, page by page: memory holds the sample, never the frame. */
import { parseSampleSize, startDraw } from '../crawler/sample.ts';
import type { Database } from '../data/database.ts';
import type { RegistryId } from '../data/model.ts';
import { readFrame, registryProgress, type FramePackage } from '../data/store/frame.ts';
import { readRanks, type Selected } from '../data/store/selection.ts';
import type { SampleSetting } from './config.ts';
import { UsageError } from './errors.ts';

export interface DrawOptions {
  readonly seed: string;
  readonly size: SampleSetting;
}

/** Ranked packages by rank, then the drawn unranked ones by selection key. */
export async function drawSample(
  database: Database,
  run: number,
  registry: RegistryId,
  { seed, size }: DrawOptions,
): Promise<Iterable<Selected>> {
  const { frame } = await registryProgress(database, run, registry);
  const ranks = await readRanks(database, run, registry);
  try {
    const drawing = startDraw<FramePackage>({ seed, registry, ranks, size: parseSampleSize(size), frameSize: frame?.size ?? 0 });
    for await (const page of readFrame(database, run, registry)) for (const one of page) drawing.add(one);
    return toSelected(drawing.finish().selected);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

function* toSelected(
  drawn: Iterable<{
    readonly item: FramePackage;
    readonly rank: number | null;
    readonly probability: number;
    readonly selectionKey: string;
  }>,
): Generator<Selected> {
  for (const { item, rank, probability, selectionKey } of drawn)
    yield { packageId: item.packageId, rank, probability, selectionKey };
}
