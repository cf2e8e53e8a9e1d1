/** Names of packages that do not exist: words made of syllables, in each registry's own manner. */
import type { RegistryId } from '../../../data/model.ts';
import type { Draw } from './draw.ts';

const STARTS = [
  'ba',
  'cor',
  'dil',
  'fen',
  'gra',
  'hul',
  'jor',
  'kel',
  'lum',
  'mar',
  'nov',
  'pel',
  'qui',
  'ros',
  'sab',
  'tor',
  'ul',
  'ven',
  'wil',
  'zan',
] as const;
const MIDDLES = ['a', 'e', 'i', 'o', 'u', 'ara', 'eli', 'omo', 'und', 'ist'] as const;
const ENDS = ['bex', 'dor', 'fin', 'gal', 'kit', 'lon', 'mir', 'nel', 'pax', 'rin', 'sol', 'tan', 'vek', 'zil'] as const;
const SCOPES = ['@velmara', '@tindral', '@quorvane', '@ostrik'] as const;

/** Gives a new name at each call, never two that a registry would take for the same package. */
export function createNamer(registry: RegistryId, draw: Draw, taken: Iterable<string>): () => string {
  const keys = new Set([...taken].map(collisionKey));
  return () => {
    for (;;) {
      const name = nameFor(registry, draw);
      const key = collisionKey(name);
      if (keys.has(key)) continue;
      keys.add(key);
      return name;
    }
  };
}

/** Coarser than any registry's own rule, so names differ under all of them. */
function collisionKey(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

function nameFor(registry: RegistryId, draw: Draw): string {
  const [first, second] = [word(draw), word(draw)];
  switch (registry) {
    case 'rubygems':
      return draw.pick([`${first}_${second}`, `${first}-${second}`, `${first}${second}`, `${capital(first)}_${second}`]);
    case 'nuget':
      return draw.pick([`${capital(first)}.${capital(second)}`, `${capital(first)}${capital(second)}`, `${first}.${second}`]);
    case 'pypi':
      return draw.pick([`${first}-${second}`, `${first}_${second}`, `${capital(first)}.${second}`, `${first}${second}`]);
    default:
      return draw.pick([
        `${first}-${second}`,
        `${first}.${second}`,
        `${draw.pick(SCOPES)}/${first}-${second}`,
        `${first}${second}`,
      ]);
  }
}

export function word(draw: Draw): string {
  return `${draw.pick(STARTS)}${draw.pick(MIDDLES)}${draw.pick(ENDS)}`;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
