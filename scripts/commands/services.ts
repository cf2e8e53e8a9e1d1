import { SERVICES } from '../../analysis/services/index.ts';
import { SERVICE_STAND_INS } from '../../analysis/stand-in/index.ts';
import { verdictMatrix } from '../../analysis/stand-in/engine/verdict-matrix.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../errors.ts';
import { formatRows, OUTPUT_FORMATS, type OutputFormat } from '../output.ts';
import { matrixRows } from '../matrix-rows.ts';
import { serviceRecords, type ServiceRecord } from '../service-records.ts';
import { writeServicesTable } from '../services-table.ts';

interface Arguments {
  readonly format: string;
  readonly matrix: boolean;
  readonly 'write-readme': boolean;
}

export const services: Command<Arguments> = {
  name: 'services',
  usage: 'services',
  describe: 'The web services whose tokens are known: what is found, what is asked, and how sure that is',
  options: (yargs) =>
    yargs
      .option('format', { choices: OUTPUT_FORMATS, default: 'table', describe: 'json has everything, the others the essential' })
      .option('matrix', {
        type: 'boolean',
        default: false,
        describe: 'Judge a token for every class of answer of every service, on loopback, and show each verdict (a minute)',
      })
      .option('write-readme', { type: 'boolean', default: false, describe: 'Write the table of services into README.md' }),
  async run(args) {
    const format = OUTPUT_FORMATS.find((one) => one === args.format) ?? 'table';
    if (args.matrix) return printMatrix(format);
    const records = await serviceRecords(SERVICES);
    if (args['write-readme']) {
      process.stderr.write(`${await writeServicesTable(records)} lists ${records.length} services.\n`);
      return EXIT.done;
    }
    process.stdout.write(format === 'json' ? `${JSON.stringify(records, null, 2)}\n` : formatRows(essential(records), format));
    return EXIT.done;
  },
};

function essential(records: readonly ServiceRecord[]) {
  return {
    columns: ['id', 'service', 'families', 'formats', 'check', 'effect', 'enabled', 'confirmed'],
    rows: records.map((one) => [
      one.id,
      one.label,
      one.families.join(', '),
      one.formats.length,
      one.noCheck === null ? one.check.join(', ') : `none: ${one.noCheck}`,
      one.effect ?? '',
      one.enabledByDefault ? 'yes' : 'no',
      one.confirmed ? 'yes' : 'partly',
    ]),
  };
}

/** Exit code 1 where a verdict is wrong: what is printed is then a fault of ours. */
async function printMatrix(format: OutputFormat): Promise<number> {
  const matrix = await verdictMatrix(SERVICES, SERVICE_STAND_INS, new Date('2030-06-01T12:00:00Z'));
  process.stdout.write(formatRows(matrixRows(matrix), format));
  const wrong = matrix.rows.filter(({ expected, verdict }) => expected !== verdict).length + matrix.unknownRequests.length;
  const tried = new Set(matrix.rows.map(({ service }) => service)).size;
  process.stderr.write(`${matrix.rows.length} verdicts on ${tried} services, ${wrong} wrong.\n`);
  return wrong === 0 ? EXIT.done : EXIT.failed;
}
