import { unnamedCash } from '../../../domain/allocation/cash.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { importAndRecordRun } from '../../../handlers/commands/import-sleeve-run.ts';
import { parseNameMapping } from '../../../handlers/intake/run-directory/return-file-names.ts';
import { csvAsked, csvFlags } from '../csv-flags.ts';
import { integerFlag, requiredFlag, textFlag } from '../flags.ts';
import { sleeveRunOutcome } from '../sleeve-result.ts';
import { lazyLedger, table, type VerbCode } from '../verb.ts';

export const sleeveImport: VerbCode = {
  flags: [
    { flags: '--run <directory>', summary: 'run directory, with config/ and data/', required: true },
    { flags: '--profile <name>', summary: 'sleeve to file the run under; default: the profile that its manifest names' },
    { flags: '--map <mapping>', summary: 'engine=NAME,simulator=NAME: decides ambiguous file names and files' },
    { flags: '--correction <number>', summary: 'correction number of the same as-of date: the newest recorded and 1 more (default: 0)' },
    ...csvFlags,
  ],
  examples: ['sleeve-ledger sleeve import --run artifacts/summaries/runs/20260116-101500 --map engine=custom,simulator=vectorbt'],
  writes: true,
  makesLedger: 'always',
  run: async (context, { flags }) => {
    const profile = textFlag(flags, 'profile');
    if (profile !== null && !/^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$/.test(profile))
      throw new LedgerError('Usage', `--profile ${profile}: 1 to 80 letters, digits, _ or -`, { at: { path: '--profile' } });
    const map = textFlag(flags, 'map');
    const command = {
      run: requiredFlag(flags, 'run'),
      profile,
      map: map === null ? {} : parseNameMapping(map),
      csv: csvAsked(flags),
      correction: integerFlag(flags, 'correction', 0),
    };
    const answer = await importAndRecordRun(context.tools, lazyLedger(context), command, context.signal);
    const { evidence, notices } = answer;
    const outcome = sleeveRunOutcome(answer, unnamedCash);
    return {
      ...outcome,
      result: { ...outcome.result, evidence },
      warnings: [...notices, ...(outcome.warnings ?? [])],
      people: [
        ...outcome.people,
        table(
          ['check', 'status', 'evidence'],
          evidence.map(({ check, status, detail }) => [check, status, detail]),
        ),
      ],
    };
  },
};
