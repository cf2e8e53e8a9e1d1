/** Writes `statistics.schema.json` anew: `node reports/build.ts`, after the schema or its version changed. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { printJson } from './files.ts';
import { statisticsJsonSchema } from './statistics-schema.ts';

writeFileSync(join(import.meta.dirname, 'statistics.schema.json'), printJson(statisticsJsonSchema()));
