import type { Code } from '../../../domain/shared/envelope.ts';
import type { Json } from '../../../domain/shared/canonical-json.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { replayTolerance } from '../../../handlers/replay/json-difference.ts';
import { type ReplayedRun, type ReplayReport, replayRuns } from '../../../handlers/queries/replay-runs.ts';
import { dateFlag, isSet, ledgerTimeFlag } from '../flags.ts';
import { asOfFlag, type Block, heading, knownAtFlag, lines, table, type Verb } from '../verb.ts';

/** Rows that a person is shown; `--json` has more. */
const rowsShownMax = 25;
const verdicts = {
  identical: 'identical',
  withinTolerance: `equal within ${replayTolerance}`,
  explained: 'explained by later rules',
  different: 'different',
  notRecomputed: 'not recomputed',
} as const;

function named({ version, commit, lockHash }: Code): string {
  return `${version} (commit ${commit.slice(0, 12)}, lock file ${lockHash.slice(0, 12)})`;
}

function shown(value: Json): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function verdictOf(run: ReplayedRun): string {
  if (run.error !== null) return `${verdicts.notRecomputed}: ${run.error.code}`;
  return run.differences === 0
    ? verdicts[run.outcome]
    : `${verdicts[run.outcome]} (${run.differences} places, largest ${run.largestDifference ?? 'not a number'})`;
}

function peopleOf(report: ReplayReport): Block[] {
  const { checked, identical, withinTolerance, explained, different, code, runs } = report;
  const unlike = checked - identical - withinTolerance - explained;
  const rules = explained === 0 ? '' : ` ${explained} explained by later rules,`;
  const blocks: Block[] = [
    heading(`Replayed ${checked} ${checked === 1 ? 'run' : 'runs'} from the ledger alone`),
    lines(`${identical} identical, ${withinTolerance} equal within ${replayTolerance},${rules} ${unlike} different or not recomputed.`),
    lines(`Recorded by ${code.then.map(named).join('; ')}; recomputed by ${named(code.now)}.`),
  ];
  const older = runs.filter(({ notComparable }) => notComparable.length > 0);
  const unrecorded = [...new Set(older.flatMap(({ notComparable }) => notComparable))];
  if (older.length > 0)
    blocks.push(
      lines(`${older.length} older ${older.length === 1 ? 'run' : 'runs'} did not record ${unrecorded.join(', ')}: not comparable.`),
    );
  const shownRuns = checked <= 40 ? runs : runs.filter(({ outcome }) => outcome !== 'identical');
  if (shownRuns.length > 0)
    blocks.push(
      table(
        ['run', 'kind', 'events', 'verdict'],
        shownRuns.map((run) => [run.runId, run.kind, String(run.events), verdictOf(run)]),
      ),
    );
  if (different.length > 0) {
    const rows = different
      .slice(0, rowsShownMax)
      .map(({ runId, path, recorded, recomputed, difference, explainedBy }) => [
        runId,
        path,
        shown(recorded),
        shown(recomputed),
        difference === null ? '' : String(difference),
        explainedBy ?? '',
      ]);
    blocks.push(table(['run', 'where', 'recorded', 'recomputed', 'difference', 'explained by'], rows));
    if (different.length > rowsShownMax) blocks.push(lines(`${different.length - rowsShownMax} more are in --json.`));
  }
  return blocks;
}

export const replay: Verb = {
  path: ['replay'],
  summary: 'Recomputes recorded runs from the ledger alone, with this build, and compares them with what was recorded.',
  args: [{ name: '[run]', summary: 'run id' }],
  flags: [
    { flags: '--all', summary: 'every run' },
    { flags: '--strict', summary: `exit 1 for runs that are equal within ${replayTolerance} only, or explained by later rules` },
    asOfFlag,
    knownAtFlag,
  ],
  examples: ['sleeve-ledger replay --all'],
  writes: false,
  run: async (context, { args, flags }) => {
    const runId = args[0] ?? null;
    if ((runId === null) !== isSet(flags, 'all'))
      throw new LedgerError('Usage', 'replay needs a run id, or --all', { at: { path: runId === null ? '<run>' : '--all' } });
    const { ports } = await context.inspecting();
    const report = await replayRuns(ports, { runId, asOf: dateFlag(flags, 'asOf'), knownAt: ledgerTimeFlag(flags) }, context.signal);
    const differing = report.checked - report.identical - report.withinTolerance - report.explained;
    const unlike = differing + (isSet(flags, 'strict') ? report.withinTolerance + report.explained : 0);
    return {
      result: report,
      position: await ports.store.head(),
      people: peopleOf(report),
      failure: unlike === 0 ? null : new LedgerError('ReplayDiffers', `${unlike} of ${report.checked} runs are not what was recorded`),
    };
  },
};
