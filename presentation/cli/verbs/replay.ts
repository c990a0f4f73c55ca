import type { Code } from '../../../domain/shared/envelope.ts';
import type { Json } from '../../../domain/shared/canonical-json.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { replayTolerance } from '../../../handlers/replay/json-difference.ts';
import { type ReplayedRun, type ReplayReport, replayRuns } from '../../../handlers/queries/replay-runs.ts';
import { replayBundle } from '../../../handlers/queries/replay-bundle.ts';
import { dateFlag, isSet, ledgerTimeFlag, textFlag } from '../flags.ts';
import { namingFlags, runIdOf } from '../run-question.ts';
import {
  asOfFlag,
  type Block,
  type FlagValues,
  heading,
  knownAtFlag,
  lines,
  type Outcome,
  table,
  type VerbCode,
  workersFlag,
} from '../verb.ts';

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

function peopleOf(report: ReplayReport, source: 'ledger' | 'bundle'): Block[] {
  const { checked, identical, withinTolerance, explained, different, code, runs } = report;
  const unlike = checked - identical - withinTolerance - explained;
  const rules = explained === 0 ? '' : ` ${explained} explained by later rules,`;
  const blocks: Block[] = [
    heading(`Replayed ${checked} ${checked === 1 ? 'run' : 'runs'} from the ${source} alone`),
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

function outcomeOf(report: ReplayReport, flags: FlagValues, source: 'ledger' | 'bundle'): Pick<Outcome, 'result' | 'people' | 'failure'> {
  const differing = report.checked - report.identical - report.withinTolerance - report.explained;
  const unlike = differing + (isSet(flags, 'strict') ? report.withinTolerance + report.explained : 0);
  return {
    result: report,
    people: peopleOf(report, source),
    failure: unlike === 0 ? null : new LedgerError('ReplayDiffers', `${unlike} of ${report.checked} runs are not what was recorded`),
  };
}

export const replay: VerbCode = {
  flags: [
    { flags: '--all', summary: 'every run' },
    { flags: '--bundle <zip>', summary: 'what `audit bundle` wrote: the archive is verified, and no ledger is needed' },
    { flags: '--vkey <key>', summary: 'C2SP verifier key of the bundle, or a file that holds it (default: the one in the archive)' },
    { flags: '--strict', summary: `exit 1 for runs that are equal within ${replayTolerance} only, or explained by later rules` },
    ...namingFlags,
    asOfFlag,
    knownAtFlag,
    workersFlag,
  ],
  examples: ['sleeve-ledger replay --all', 'sleeve-ledger replay --bundle evidence.zip'],
  writes: false,
  run: async (context, input) => {
    const { args, flags } = input;
    const given = args[0] ?? null;
    const bundle = textFlag(flags, 'bundle');
    const ways = [given !== null && bundle === null, isSet(flags, 'all'), bundle !== null].filter(Boolean).length;
    if (ways !== 1)
      throw new LedgerError('Usage', 'replay needs a run id, or --all, or --bundle', { at: { path: given === null ? '<run>' : '--all' } });
    const time = { asOf: dateFlag(flags, 'asOf'), knownAt: ledgerTimeFlag(flags) };
    if (bundle !== null) {
      const request = { file: bundle, verifierKey: textFlag(flags, 'vkey'), runId: given, asOf: time.asOf };
      const { report, warnings } = await replayBundle(context.tools, request, context.signal);
      return { ...outcomeOf(report, flags, 'bundle'), position: null, warnings };
    }
    const runId = given === null ? null : await runIdOf(context, given, input, 'any');
    const { ports } = await context.inspecting();
    const report = await replayRuns(ports, { runId, ...time }, context.signal);
    return { ...outcomeOf(report, flags, 'ledger'), position: await ports.store.head() };
  },
};
