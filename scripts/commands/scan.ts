import { styleText } from 'node:util';
import { SERVICES } from '../../analysis/services/index.ts';
import { keyFileOf } from '../../data/location.ts';
import type { Finding, ScanReport } from '../../data/model.ts';
import { POLICIES } from '../../data/policies.ts';
import type { Command } from '../command.ts';
import { readConfig } from '../config.ts';
import { EXIT } from '../errors.ts';
import { readKey } from '../key.ts';
import { scanLocal } from '../local-scan.ts';
import { createLog } from '../log.ts';
import { printable } from '../output.ts';
import { settingsOf, userAgentOf, walkLimits } from '../setup.ts';

interface Arguments {
  readonly path: string;
  readonly format: string;
  readonly validate: string | undefined;
  readonly config: string | undefined;
  readonly contact: string | undefined;
}

export const scan: Command<Arguments> = {
  name: 'scan',
  usage: 'scan <path>',
  describe: 'Look into packages and files of this machine, and say what tokens they carry',
  options: (yargs) =>
    yargs
      .positional('path', {
        type: 'string',
        demandOption: true,
        describe: 'A package (.gem, .nupkg, .whl, .tgz, …), any file, or a folder of them',
      })
      .option('format', { choices: ['text', 'json'], default: 'text', describe: 'json: one object per artifact and line' })
      .option('validate', {
        choices: ['off', 'offline', 'live'],
        describe: 'off: ask nobody (default); live: ask each service whether it accepts a token',
      })
      .option('contact', { type: 'string', describe: 'Mail address or URL, sent with every question; needed for live' })
      .option('config', { type: 'string', describe: 'Configuration file (YAML or JSON)' }),
  async run(args) {
    const config = readConfig({
      file: args.config,
      env: process.env,
      options: { contact: args.contact, ...(args.validate === undefined ? {} : { validation: { mode: args.validate } }) },
    });
    let violated = false;
    let unread = false;
    const stop = new AbortController();
    process.once('SIGINT', () => stop.abort(new Error('stopped by SIGINT')));
    const reports = scanLocal({
      path: args.path,
      key: readKey(config.keyFile ?? keyFileOf(config.db)),
      mode: config.validation.mode,
      contact: config.contact,
      userAgent: userAgentOf(config),
      settings: settingsOf(config),
      limits: walkLimits(config),
      log: createLog('warn'),
      signal: stop.signal,
    });
    for await (const report of reports) {
      violated ||= report.findings.some(isViolation);
      unread ||= report.skipped.length > 0;
      process.stdout.write(args.format === 'json' ? `${JSON.stringify(flat(report))}\n` : text(report));
    }
    if (violated) return EXIT.violated;
    return unread ? EXIT.partial : EXIT.done;
  },
};

/** A policy that fails a build: the catalogue says which. */
function isViolation({ policy }: Finding): boolean {
  return POLICIES.some((one) => one.id === policy && one.ciStatus === 'fail');
}

/** The report as printed for programs: places are part of the finding. */
function flat({ artifact, findings, skipped, stats }: ScanReport) {
  return {
    artifact,
    findings: findings.map(({ place, ...finding }) => ({ ...finding, ...place })),
    skipped,
    stats,
  };
}

function text({ artifact, findings, skipped, stats }: ScanReport): string {
  const head = `${styleText('bold', printable(artifact.name))}  ${stats.entries} ${stats.entries === 1 ? 'entry' : 'entries'}, ${artifact.bytes} bytes`;
  const found = findings.map((finding) => {
    const { place } = finding;
    const service = SERVICES.find((one) => one.id === finding.service);
    const where = place.path.slice(1).map(printable).join(' > ') || printable(artifact.name);
    const policy = finding.policy === null ? '' : `, ${finding.policy}`;
    return [
      `  ${styleText(isViolation(finding) ? 'red' : 'yellow', finding.verdict)}  ${service?.label ?? finding.service} ${printable(finding.redacted)}  (${finding.reason}${policy})`,
      `      ${where}, line ${place.line}, column ${place.column}${place.decoding.length === 0 ? '' : `, inside ${place.decoding.join(', ')}`}`,
      ...(isViolation(finding) && service !== undefined ? [`      revoke it: ${service.revoke}`] : []),
    ].join('\n');
  });
  const missed = skipped.map(
    (one) => `  not read: ${one.path.map(printable).join(' > ')}: ${printable(one.detail)} (${one.reason})`,
  );
  return `${[head, ...found, ...missed].join('\n')}\n`;
}
