import { LedgerError } from '../../../domain/shared/errors.ts';
import { StreamFolds } from '../../folds.ts';
import { parseNameMapping } from '../../import/return-file-names.ts';
import { createSealer } from '../../ledger/sealer.ts';
import { pause } from '../../reactors/pause.ts';
import type { Session } from '../../session.ts';
import { createDirectoryWatcher, type WatchOptions, type WatchOutcome } from '../../watch/directory-watcher.ts';
import { watching } from '../../watch/watching.ts';
import { keepingToFormat } from '../../work/keeping-to-format.ts';
import { createRoles } from '../../work/roles.ts';
import { supervise } from '../../work/supervise.ts';
import { integerFlag, isSet, textFlag } from '../flags.ts';
import { lines, table, type Outcome, type Verb, type VerbContext, type VerbInput } from '../verb.ts';

function optionsOf({ args, flags }: VerbInput): WatchOptions {
  const profile = textFlag(flags, 'profile');
  if (profile !== null && !/^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$/.test(profile)) throw new LedgerError('Usage', `--profile ${profile}: 1 to 80 letters, digits, _ or -`, { at: { path: '--profile' } });
  const map = textFlag(flags, 'map');
  return { folder: args[0]!, profile, map: map === null ? {} : parseNameMapping(map), settleMs: 1000 * integerFlag(flags, 'settleSeconds', 2) };
}

/** What is complete: two looks see the same. */
async function watchOnce({ settings, signal }: VerbContext, session: Session, options: WatchOptions, sealed: boolean): Promise<Outcome> {
  const watcher = createDirectoryWatcher(session, options);
  const first = await watcher.sweep(signal);
  await pause(options.settleMs, signal);
  const outcomes = [...first, ...(await watcher.sweep(signal))];
  if (signal.aborted) throw new LedgerError('Interrupted', `interrupted after ${outcomes.length} directories`);
  if (sealed) await createSealer(session, settings).seal();
  const { incomplete } = watcher;
  return {
    result: { folder: options.folder, runs: outcomes, incomplete },
    exit: outcomes.some(({ kind }) => kind === 'broken' || kind === 'ineligible') ? 1 : 0,
    warnings: incomplete.map((directory) => `${directory} is not complete, or holds no run`),
    people: [
      table(
        ['directory', 'result', 'sleeve', 'run'],
        outcomes.map(({ directory, kind, sleeve, runId, error }) => [directory, error === null ? kind : `${kind}: ${error.code}: ${error.message}`, sleeve ?? '', runId ?? '']),
      ),
    ],
  };
}

/** Imports, and allocates what follows, until it is stopped. */
async function watchOn({ settings, signal, tools, note }: VerbContext, opened: Session, options: WatchOptions, sealed: boolean): Promise<Outcome> {
  const session: Session = { ...opened, folds: new StreamFolds(opened.ports.store) };
  const sealer = createSealer(session, settings);
  const counts: Record<WatchOutcome['kind'], number> = { imported: 0, already: 0, ineligible: 0, broken: 0 };
  const onOutcome = ({ directory, kind, runId }: WatchOutcome): void => {
    counts[kind]++;
    note(`${directory}: ${kind}${runId === null ? '' : ` ${runId}`}`);
  };
  const others = createRoles(session, sealed ? ['react', 'project', 'seal'] : ['react', 'project'], { settings, broker: null, sealer, concurrency: 1, holder: tools.runtime.processName });
  note(`Watching ${options.folder}. Stop with Ctrl-C.`);
  await supervise([watching(session, { ...options, onOutcome }), ...others, keepingToFormat(session)], signal, session.ports.log);
  const sealedTo = sealed ? (await sealer.seal()).treeSize : null;
  return { result: { folder: options.folder, ...counts, sealedTo }, people: [lines(`${counts.imported} runs imported, ${counts.broken} directories broken. Everything in hand is done.`)] };
}

export const watch: Verb = {
  path: ['watch'],
  summary: 'Imports run directories as they appear in a folder, and allocates what follows: the system without a broker.',
  args: [{ name: '<folder>', summary: 'each directory directly below it is one run' }],
  flags: [
    { flags: '--profile <name>', summary: 'sleeve to file the runs under; default: the profile that each manifest names' },
    { flags: '--map <mapping>', summary: 'engine=NAME,simulator=NAME: settles file names that leave a choice' },
    { flags: '--settle-seconds <n>', summary: 'a run is complete when nothing of it changes for so long (default 2)' },
    { flags: '--once', summary: 'import what is complete, allocate nothing, and end' },
  ],
  examples: ['sleeve-ledger watch artifacts/summaries/runs', 'sleeve-ledger watch incoming --once --settle-seconds 5'],
  writes: false,
  run: async (context, input) => {
    const options = optionsOf(input);
    // A folder that is not there is told before a ledger is made.
    await context.tools.runDirectories.below(options.folder);
    const session = await context.writing();
    const sealed = input.flags['seal'] !== false;
    return isSet(input.flags, 'once') ? watchOnce(context, session, options, sealed) : watchOn(context, session, options, sealed);
  },
};
