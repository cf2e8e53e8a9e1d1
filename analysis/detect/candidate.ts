import type { Family, Place } from '../../data/model.ts';
import type { Parts } from '../secret.ts';

/** Bytes of an entry that match a service's format, with the parts that belong to it: what the validation engine judges. */
export interface Candidate {
  /** Id of the service. */
  readonly service: string;
  /** Id of the format within the service. */
  readonly format: string;
  readonly family: Family;
  /** The groups of the pattern and the companions that were found. */
  readonly parts: Parts;
  /** Keyed fingerprint of the service and all parts. */
  readonly fingerprint: string;
  /** Form for people. */
  readonly redacted: string;
  readonly place: Place;
  /** True where a required companion was found nowhere in the artifact. */
  readonly unpaired: boolean;
  /** Ids of the formats of other services that claim the same bytes, sorted: nobody can tell whom to ask. */
  readonly ambiguousWith: readonly string[];
}
