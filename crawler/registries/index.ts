/** All registries, in the order in which they are always listed. To add one: its file here, its stand-in, and a line below. */
import type { Registry } from '../registry.ts';
import { npm } from './npm/index.ts';
import { nuget } from './nuget/index.ts';
import { pypi } from './pypi/index.ts';
import { rubygems } from './rubygems/index.ts';

export const REGISTRIES = [rubygems, nuget, pypi, npm] as const satisfies readonly Registry[];
