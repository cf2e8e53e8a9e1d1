/** NuGet's ids: told apart without regard to case, kept as published. */
import type { ListedName } from '../../registry.ts';
import { lowerNugetId } from '../../versions/nuget.ts';

/** Today's rule is ASCII; ids from before it have letters of any script. 128 is the width of nuget.org's database column. */
const ID = /^[\p{L}\p{M}\p{N}\p{Pc}]+(?:[.-][\p{L}\p{M}\p{N}\p{Pc}]+)*$/u;
const MAX_LENGTH = 128;

export function isNugetId(text: string): boolean {
  return text.length <= MAX_LENGTH && ID.test(text);
}

export function listed(id: string): ListedName {
  return { name: id, key: lowerNugetId(id) };
}
