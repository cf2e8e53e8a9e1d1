import type { Memory, Remembered } from './contract.ts';

/** A memory that lasts as long as the process: for a single look, and for tests. */
export function createMemory(): Memory & { readonly size: number } {
  const rows = new Map<string, Remembered>();
  return {
    get size() {
      return rows.size;
    },
    async recall(fingerprint) {
      return rows.get(fingerprint) ?? null;
    },
    async begin({ fingerprint, at, replaces }) {
      const askedAt = rows.get(fingerprint)?.askedAt ?? null;
      if (askedAt?.getTime() !== replaces?.getTime()) return false;
      rows.set(fingerprint, { askedAt: at, reading: null, lookAfter: null, looks: rows.get(fingerprint)?.looks ?? 0 });
      return true;
    },
    async settle(fingerprint, reading, lookAfter) {
      const row = rows.get(fingerprint);
      if (row === undefined) throw new Error('a question was settled that nobody began');
      rows.set(fingerprint, { ...row, reading, lookAfter, looks: reading.verdict === 'unknown' ? row.looks + 1 : 0 });
    },
  };
}
