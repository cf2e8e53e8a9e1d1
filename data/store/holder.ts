import { randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Names this process among all that may work on a database, so that another can tell whether it still lives. */
export function thisHolder(): string {
  return `${place()}:${process.pid}:${randomBytes(4).toString('hex')}`;
}

/**
 * True where the holder is certainly gone: it was a process of this machine (and of this container) that no longer runs. A
 * holder elsewhere, or a process number in use again, counts as alive until its time is over.
 */
export function isGone(holder: string): boolean {
  const [where, pid] = holder.split(':');
  if (where !== place() || pid === undefined || !/^\d+$/.test(pid)) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}

function place(): string {
  const host = hostname().replaceAll(':', '_');
  try {
    return `${host}/${readlinkSync('/proc/self/ns/pid').replaceAll(':', '_')}`;
  } catch {
    return host;
  }
}
