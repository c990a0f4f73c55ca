import { LedgerError } from '../../../domain/shared/errors.ts';
import {
  type Watched,
  type WatchedOnce,
  watchContinuously,
  watchOnce,
  type WatchOptions,
  type WatchOutcome,
} from '../../../handlers/roles/watching/watch-runs.ts';
import { redacted } from '../../../handlers/runtime/settings.ts';
import { parseNameMapping } from '../../../handlers/intake/run-directory/return-file-names.ts';
import { integerFlag, isSet, textFlag } from '../flags.ts';
import { lines, table, type Outcome, type VerbCode, type VerbInput, workersFlag } from '../verb.ts';

function optionsOf({ args, flags }: VerbInput): WatchOptions {
  const profile = textFlag(flags, 'profile');
  if (profile !== null && !/^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$/.test(profile))
    throw new LedgerError('Usage', `--profile ${profile}: 1 to 80 letters, digits, _ or -`, { at: { path: '--profile' } });
  const map = textFlag(flags, 'map');
  return {
    folder: args[0]!,
    profile,
    map: map === null ? {} : parseNameMapping(map),
    settleMs: 1000 * integerFlag(flags, 'settleSeconds', 2),
  };
}

function onceOutcome(folder: string, { runs, incomplete }: WatchedOnce): Outcome {
  const refused = runs.filter(({ kind }) => kind === 'broken' || kind === 'ineligible').map(({ directory }) => directory);
  return {
    result: { folder, runs, incomplete },
    failure: refused.length === 0 ? null : new LedgerError('RunsNotImported', `not imported: ${refused.join(', ')}`),
    warnings: incomplete.map((directory) => `${directory} is not complete, or holds no run`),
    people: [
      table(
        ['directory', 'result', 'sleeve', 'run'],
        runs.map(({ directory, kind, sleeve, runId, error }) => [
          directory,
          error === null ? kind : `${kind}: ${error.code}: ${error.message}`,
          sleeve ?? '',
          runId ?? '',
        ]),
      ),
    ],
  };
}

function stoppedOutcome(folder: string, { counts, sealedTo }: Watched): Outcome {
  return {
    result: { folder, ...counts, sealedTo },
    people: [lines(`${counts.imported} runs imported, ${counts.broken} directories broken. Everything in hand is done.`)],
  };
}

export const watch: VerbCode = {
  flags: [
    { flags: '--profile <name>', summary: 'sleeve to file the runs under; default: the profile that each manifest names' },
    { flags: '--map <mapping>', summary: 'engine=NAME,simulator=NAME: decides ambiguous file names' },
    { flags: '--settle-seconds <n>', summary: 'a run is complete when it has not changed for this long (default 2)' },
    { flags: '--once', summary: 'import what is complete, allocate nothing, and end' },
    workersFlag,
  ],
  examples: ['sleeve-ledger watch artifacts/summaries/runs', 'sleeve-ledger watch incoming --once --settle-seconds 5'],
  writes: false,
  sealsItself: true,
  outlivesStore: (flags) => !isSet(flags, 'once'),
  makesLedger: 'on request',
  run: async (context, input) => {
    const options = optionsOf(input);
    // A missing folder is reported before a ledger is made.
    await context.tools.runDirectories.below(options.folder);
    const session = await context.writing();
    const { settings, signal, note, announce } = context;
    const work = { settings, signal, sealed: input.flags['seal'] !== false };
    if (isSet(input.flags, 'once')) return onceOutcome(options.folder, await watchOnce(session, options, work));
    announce(`Watching ${options.folder} for ${redacted(settings.store)} (ledger ${session.ledger.ledgerId}). Stop with Ctrl-C.`);
    const onOutcome = ({ directory, kind, runId }: WatchOutcome): void => note(`${directory}: ${kind}${runId === null ? '' : ` ${runId}`}`);
    return stoppedOutcome(options.folder, await watchContinuously(session, { ...options, onOutcome }, work));
  },
};
