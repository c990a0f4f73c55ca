import { type ReportForm, reportForms } from '../../report/report-forms.ts';
import { writeReport } from '../../report/write-report.ts';
import { namingFlags, runQuestion } from '../run-question.ts';
import { choiceFlag, isSet, requiredFlag } from '../flags.ts';
import { asOfFlag, knownAtFlag, lines, type VerbCode } from '../verb.ts';

export const report: VerbCode = {
  flags: [
    {
      flags: '-o, --output <directory>',
      summary: 'folder for <run>.md and <run>.html; - writes the markdown to standard output',
      required: true,
    },
    { flags: '--all-holdings', summary: 'of a meta run, every asset of each profile with its contributors (default: the ten largest)' },
    { flags: '--only <form>', summary: `one form alone: ${reportForms.join(', ')}` },
    ...namingFlags,
    asOfFlag,
    knownAtFlag,
  ],
  examples: [
    'sleeve-ledger report meta_production-2023-08-31-0123456789abcdef -o reports',
    'sleeve-ledger report latest --sleeve crypto -o reports',
    'sleeve-ledger report latest --kind backtest --meta meta_production -o reports',
    'sleeve-ledger report latest --meta meta_production -o reports --only html',
  ],
  writes: false,
  run: async (context, input) => {
    const holdings = isSet(input.flags, 'allHoldings') ? 'all' : 'top';
    const directory = requiredFlag(input.flags, 'output');
    const form = choiceFlag<ReportForm | 'as usual'>(input.flags, 'only', reportForms, 'as usual');
    const { model, files } = await writeReport(
      (await context.presentation()).charts,
      await context.reading(),
      runQuestion(input),
      directory,
      holdings,
      form === 'as usual' ? null : [form],
    );
    const { run, provenance } = model;
    return {
      result: { runId: run.runId, status: run.status, asOf: run.asOf, sealedTo: provenance.seal?.treeSize ?? null, files },
      people: [lines(`Run ${run.runId}: ${run.status}.`, ...files.map(({ file, bytes }) => `Wrote ${file} (${bytes} bytes).`))],
      warnings: provenance.seal === null ? ['no seal covers this run yet; the report says so'] : [],
    };
  },
};
