import { register } from '../command.ts';
import { demo } from './demo.ts';
import { exportCommand } from './export.ts';
import { plan } from './plan.ts';
import { prune } from './prune.ts';
import { query } from './query.ts';
import { report } from './report.ts';
import { run } from './run.ts';
import { scan } from './scan.ts';
import { schema } from './schema.ts';
import { services } from './services.ts';
import { status } from './status.ts';

/** Every command, in the order of the help. */
export const COMMANDS = [
  register(demo),
  register(plan),
  register(run),
  register(report),
  register(query),
  register(schema),
  register(exportCommand),
  register(scan),
  register(services),
  register(status),
  register(prune),
] as const;
