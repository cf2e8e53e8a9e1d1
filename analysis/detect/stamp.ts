import { createHash } from 'node:crypto';
import type { Service } from '../service.ts';

/** Raised by hand whenever the walk, the readings or the matching find something else than before in the same bytes. */
const ENGINE = 1;

/**
 * Names what the detector finds: equal stamps find the same in the same artifact. It changes with the formats (literals,
 * patterns, lengths, the text of their checks, companions) and with the engine, and not with labels, probes or samples.
 *
 * @returns 16 hex characters
 */
export function detectorStamp(services: readonly Service[]): string {
  const described = services.map(({ id, family, formats }) => ({
    id,
    family,
    formats: formats.map((format) => ({ ...format, samples: undefined, redact: undefined })),
  }));
  return createHash('sha256')
    .update(JSON.stringify([ENGINE, described], asText))
    .digest('hex')
    .slice(0, 16);
}

function asText(_key: string, value: unknown): unknown {
  return typeof value === 'function' || value instanceof RegExp ? String(value) : value;
}
