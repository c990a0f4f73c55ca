import { requireRiskProfile } from '../../../domain/manifest/risk-profiles.ts';
import { tableEndings, type TableFormat, tableFormats } from '../../../domain/shared/table-formats.ts';
import { exportTable, type ExportTable } from '../../../handlers/commands/export-table.ts';
import { exportRun as exportWholeRun } from '../../../handlers/commands/export-run.ts';
import { exportOneSeries, exportSeries as exportEverySeries, listSeries } from '../../../handlers/commands/export-series.ts';
import { namingFlags, runQuestion } from '../run-question.ts';
import { choiceFlag, requiredFlag, textFlag } from '../flags.ts';
import { asOfFlag, type Flag, type FlagValues, heading, knownAtFlag, lines, table, type VerbCode } from '../verb.ts';

const riskFlag: Flag = { flags: '--risk <profile>', summary: 'risk profile; a combination and a tournament have none' };
const entrantFlag: Flag = { flags: '--entrant <id>', summary: 'of a tournament, the entrant whose weights are meant' };

/** Errors: ProfileUnknown. */
function riskAsked(flags: FlagValues): string | null {
  const risk = textFlag(flags, 'risk');
  return risk === null ? null : requireRiskProfile(risk);
}

function exporting(what: ExportTable['what'], examples: VerbCode['examples']): VerbCode {
  return {
    flags: [
      riskFlag,
      ...(what === 'weights' ? [entrantFlag] : []),
      { flags: '-o, --output <file>', summary: `file to write, ${tableEndings}; - is standard output, as CSV`, required: true },
      ...namingFlags,
      asOfFlag,
      knownAtFlag,
    ],
    examples,
    writes: false,
    run: async (context, input) => {
      const { flags } = input;
      const result = await exportTable((await context.reading()).ports, {
        ...runQuestion(input),
        what,
        risk: riskAsked(flags),
        entrant: textFlag(flags, 'entrant'),
        file: requiredFlag(flags, 'output'),
      });
      return { result, people: [lines(`Wrote ${result.file}: ${result.rows} rows, ${result.columns.length} columns.`)] };
    },
  };
}

export const exportReturns = exporting('returns', [
  'sleeve-ledger export returns crypto-2023-08-31-0123456789abcdef --risk hrp -o returns.parquet',
]);
export const exportWeights = exporting('weights', [
  'sleeve-ledger export weights meta_production-2023-08-31-0123456789abcdef --risk hrp -o weights.csv',
  'sleeve-ledger export weights meta_production-2023-08-31-0123456789abcdef --risk hrp -o - | head -1',
]);
export const exportRun: VerbCode = {
  flags: [
    { flags: '-o, --output <directory>', summary: 'folder to write, which is not there yet', required: true },
    ...namingFlags,
    asOfFlag,
    knownAtFlag,
  ],
  examples: ['sleeve-ledger export run crypto-2023-08-31-0123456789abcdef -o crypto'],
  writes: false,
  run: async (context, input) => {
    const directory = requiredFlag(input.flags, 'output');
    const result = await exportWholeRun(await context.reading(), context.settings, { ...runQuestion(input), directory });
    return {
      result,
      people: [
        lines(`Wrote ${result.directory}: ${result.files.length + 1} files of ${result.kind} run ${result.runId}.`),
        lines('python run_to_pickles.py, run in that folder, writes the pickles beside the tables.'),
      ],
    };
  },
};

export const exportSeries: VerbCode = {
  flags: [
    riskFlag,
    {
      flags: '-o, --output <directory>',
      summary: 'folder to write, which is not there yet; one file for each table. Left out, the tables are listed',
    },
    { flags: '--format <format>', summary: `${tableFormats.join(', ')} (default: csv)` },
    { flags: '--table <name>', summary: 'only this table, into the file that -o names' },
    ...namingFlags,
    asOfFlag,
    knownAtFlag,
  ],
  examples: [
    'sleeve-ledger export series meta_production-2023-08-31-0123456789abcdef --risk hrp -o series --format parquet',
    'sleeve-ledger export series latest --kind backtest --meta meta_production --risk hrp -o series --format arrow',
    'sleeve-ledger export series latest --book futures -o series',
  ],
  writes: false,
  run: async (context, input) => {
    const { flags } = input;
    const format = choiceFlag<TableFormat>(flags, 'format', tableFormats, 'csv');
    const [named, output] = [textFlag(flags, 'table'), textFlag(flags, 'output')];
    const asked = { ...runQuestion(input), risk: riskAsked(flags) };
    if (named !== null) {
      const file = requiredFlag(flags, 'output');
      const result = await exportOneSeries((await context.reading()).ports, { ...asked, table: named, file });
      return { result, people: [lines(`Wrote ${file}: ${result.rows} rows, ${result.columns.length} columns.`)] };
    }
    if (output === null) {
      const result = await listSeries((await context.reading()).ports, asked);
      const rows = result.tables.map(({ table: name, rows: count, columns }) => [name, String(count), String(columns.length)]);
      return { result, people: [heading(`Tables of ${result.runId}`), table(['table', 'rows', 'columns'], rows)] };
    }
    const result = await exportEverySeries((await context.reading()).ports, { ...asked, directory: output, format });
    return {
      result,
      people: [lines(`Wrote ${result.directory}: ${result.files.map(({ file, rows }) => `${file} (${rows} rows)`).join(', ')}.`)],
    };
  },
};
