import { register, type Registered } from '../command.ts';

/**
 * Every command, in the order of the help, each loaded when it is called for: whoever asks for a status waits for no chart
 * library and no list of services.
 */
export const COMMANDS: Readonly<Record<string, () => Promise<Registered>>> = {
  demo: async () => register((await import('./demo.ts')).demo),
  plan: async () => register((await import('./plan.ts')).plan),
  doctor: async () => register((await import('./doctor.ts')).doctor),
  run: async () => register((await import('./run.ts')).run),
  work: async () => register((await import('./work.ts')).work),
  report: async () => register((await import('./report.ts')).report),
  query: async () => register((await import('./query.ts')).query),
  schema: async () => register((await import('./schema.ts')).schema),
  export: async () => register((await import('./export.ts')).exportCommand),
  disclose: async () => register((await import('./disclose.ts')).discloseCommand),
  scan: async () => register((await import('./scan.ts')).scan),
  services: async () => register((await import('./services.ts')).services),
  status: async () => register((await import('./status.ts')).status),
  migrate: async () => register((await import('./migrate.ts')).migrateCommand),
  prune: async () => register((await import('./prune.ts')).prune),
};
