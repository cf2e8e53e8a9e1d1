import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { inspect } from 'node:util';

/**
 * A token or a part of one, as an object that cannot be printed by accident.
 *
 * `String(secret)`, `JSON.stringify`, `console.log`, template literals and error messages show only `[secret]`. The text
 * is had through `reveal()`, whose callers are the offline checks, the request builders of the services and the
 * fingerprint; nothing that stores or prints calls it.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  get length(): number {
    return this.#value.length;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [Symbol.toPrimitive](): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}

/** The parts of a token by name: `token` for a single one, `id` and `secret` and the like for pairs. */
export type Parts = Readonly<Record<string, Secret>>;

/**
 * Keyed fingerprints: equal tokens of one service have equal fingerprints under one key, and without the key nobody can
 * test a guess against a published database.
 */
export class Fingerprinter {
  /** Prepared once: with raw bytes, Node builds a key object for every fingerprint, which takes longer than the hash. */
  readonly #key: KeyObject;
  /** Names the key without revealing it; stored beside the fingerprints so that keys can be told apart. */
  readonly keyId: string;

  /** @param key at least 32 bytes */
  constructor(key: Uint8Array) {
    if (key.length < 32) throw new Error(`a fingerprint key has at least 32 bytes, this one has ${key.length}`);
    this.#key = createSecretKey(key);
    this.keyId = createHmac('sha256', this.#key).update('incidence fingerprint key id').digest('hex').slice(0, 16);
  }

  /** Hex of HMAC-SHA-256 over the service and all parts, in the order of their names. */
  of(service: string, parts: Parts): string {
    const hmac = createHmac('sha256', this.#key).update(service);
    for (const name of Object.keys(parts).sort()) {
      const text = parts[name]?.reveal() ?? '';
      hmac.update(`\0${name}\0${Buffer.byteLength(text)}\0`).update(text);
    }
    return hmac.digest('hex');
  }
}
