import { DICTIONARY } from '../../data/dictionary.ts';
import { dictionaryOf, type Described } from '../../reports/datasheet.ts';
import { printMarkdown } from '../../reports/formats/markdown.ts';
import { root } from '../../reports/tree.ts';
import type { Command } from '../command.ts';
import { EXIT, UsageError } from '../errors.ts';

interface Arguments {
  readonly view: string | undefined;
  readonly format: string;
}

export const schema: Command<Arguments> = {
  name: 'schema',
  usage: 'schema [view]',
  describe: 'Say what the views hold that queries are asked of, column by column',
  options: (yargs) =>
    yargs
      .positional('view', { type: 'string', describe: 'One view; all by default' })
      .option('format', { choices: ['text', 'markdown', 'json'], default: 'text', describe: 'How it is printed' }),
  async run({ view, format }) {
    const shown = view === undefined ? ALL : ALL.filter((one) => one.name === view);
    if (shown.length === 0)
      throw new UsageError(`there is no view ${JSON.stringify(view)}; there are ${ALL.map((one) => one.name).join(', ')}`);
    if (format === 'json') process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
    else process.stdout.write(format === 'markdown' ? printMarkdown(root(dictionaryOf(shown))) : text(shown));
    return EXIT.done;
  },
};

const ALL: readonly Described[] = DICTIONARY.map(({ view, meaning, columns }) => ({
  name: view,
  meaning,
  columns: Object.entries(columns).map(([name, what]) => ({ name, meaning: what })),
}));

function text(views: readonly Described[]): string {
  return views
    .map(({ name, meaning, columns }) => {
      const width = Math.max(...columns.map((one) => one.name.length));
      return [name, `  ${meaning}`, '', ...columns.map((one) => `  ${one.name.padEnd(width)}  ${one.meaning}`), ''].join('\n');
    })
    .join('\n');
}
