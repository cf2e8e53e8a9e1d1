/** How much faster than one two threads are on this machine, whatever they do. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { median } from './median.ts';

/** What the machine itself makes of a second thread: the most that can be had where its processors are shared with others. */
export async function machineScaling(count: number): Promise<number> {
  const ratios: number[] = [];
  for (let round = 0; round < count; round++) {
    const one = await digesting(1);
    ratios.push((2 * one) / (await digesting(2)));
  }
  return median(ratios);
}

/** Milliseconds until so many threads have each done the same. */
async function digesting(threads: number): Promise<number> {
  const code = `
    const { createHash } = require('node:crypto');
    const { parentPort } = require('node:worker_threads');
    const bytes = Buffer.alloc(64 * 1024, 1);
    parentPort.once('message', () => {
      for (let round = 0; round < 10_000; round++) createHash('sha256').update(bytes).digest();
      parentPort.postMessage('done');
    });
    parentPort.postMessage('ready');`;
  const workers = Array.from({ length: threads }, () => new Worker(code, { eval: true }));
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const began = performance.now();
  for (const worker of workers) worker.postMessage('begin', []);
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const took = performance.now() - began;
  await Promise.all(workers.map((worker) => worker.terminate()));
  return took;
}
