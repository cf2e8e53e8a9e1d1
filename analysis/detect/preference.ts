/** Which part belongs to which token, where an entry holds several of both. */

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** How much farther a part counts that the next token stands as close to. */
const WANTED = { times: 8, plus: 64 } as const;

/**
 * The parts in the order in which the token should try them: the nearest first, before or after it.
 *
 * In a list of pairs the nearest part may be the neighbour's. So a part that another token has taken, or that stands
 * beyond another token, comes after all that have not; and one behind which another token follows at once counts as
 * farther away than it is.
 *
 * @param others where other tokens of the same format begin
 * @param isTaken whether another token has taken this part
 */
export function byPreference<P extends Span>(
  token: Span,
  others: readonly number[],
  parts: readonly P[],
  isTaken: (part: P) => boolean,
): readonly { readonly part: P; readonly foreign: boolean }[] {
  const ordered = [...parts].sort((one, other) => one.start - other.start);
  return ordered
    .flatMap((part, index) => {
      const distance = Math.max(token.start - part.end, part.start - token.end);
      if (distance < 0) return [];
      const before = part.end <= token.start;
      const beyond = others.some((other) =>
        before ? other >= part.end && other < token.start : other >= token.end && other < part.start,
      );
      const following = Math.min(...others.filter((other) => other >= part.end));
      const wanted = !before && following < (ordered[index + 1]?.start ?? Number.POSITIVE_INFINITY);
      const farness = wanted ? distance * WANTED.times + WANTED.plus : distance;
      return [{ part, foreign: beyond || isTaken(part), farness }];
    })
    .sort((one, other) => Number(one.foreign) - Number(other.foreign) || one.farness - other.farness);
}
