import { runKinds, runKindWords } from '../../../domain/run/run-kind.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { suggestion } from '../../../domain/shared/suggest.ts';
import type { RunRow } from '../../../projections/run-directory.ts';
import type { Ports } from '../../../handlers/ports/ports.ts';
import { listRuns } from '../../../handlers/queries/runs.ts';
import { knownBooks, knownPortfolios, knownSleeves } from '../../../handlers/queries/known-names.ts';
import { runTimeline } from '../../../handlers/queries/timeline.ts';
import { namingFlags, runKindFlag, runQuestion } from '../run-question.ts';
import { dateFlag, isSet, ledgerTimeFlag, pageFlag, textFlag } from '../flags.ts';
import { recordLines } from '../publication-record.ts';
import { summaryLines } from '../../report/model/selection-words.ts';
import { asOfFlag, heading, history, knownAtFlag, lines, type VerbCode } from '../verb.ts';

/** No run of a name that is known is an answer. Errors: NothingRecorded. */
async function requireName(ports: Ports, name: string): Promise<void> {
  const known = [...(await knownPortfolios(ports)), ...(await knownSleeves(ports)), ...(await knownBooks(ports))];
  if (!known.includes(name))
    throw new LedgerError('NothingRecorded', `there is no sleeve, portfolio or book ${name}${suggestion(name, known)}`, {
      at: { path: '--name' },
    });
}

/** How many won of how many, and how many windows were aborted; empty for a run that selects nothing. */
function selectedWords({ selection }: RunRow): string {
  if (selection === undefined) return '';
  const { won, of, windows, aborted } = selection;
  return `${won} of ${of}${aborted === 0 ? '' : `; ${aborted} of ${windows} windows aborted`}`;
}

export const runs: VerbCode = {
  flags: [
    { flags: '--name <name>', summary: 'only this sleeve, meta portfolio or book' },
    { flags: '--kind <kind>', summary: `only runs of this kind: ${runKinds.join(', ')}` },
    { flags: '--newest-first', summary: 'the run that was recorded last comes first' },
    { flags: '--after <run>', summary: 'the page behind this run; each answer names the next one' },
    { flags: '--limit <n>', summary: 'runs on a page (default: all)' },
    asOfFlag,
    knownAtFlag,
  ],
  examples: ['sleeve-ledger runs --name meta_production', 'sleeve-ledger runs --kind backtest --newest-first --limit 10'],
  writes: false,
  run: async (context, { flags }) => {
    const name = textFlag(flags, 'name');
    const question = {
      name,
      kind: runKindFlag(flags),
      asOf: dateFlag(flags, 'asOf'),
      knownAt: ledgerTimeFlag(flags),
      after: textFlag(flags, 'after'),
      maxCount: pageFlag(flags),
      newestFirst: isSet(flags, 'newestFirst'),
    };
    const { ports } = await context.reading();
    const { runs: shown, next, position } = await listRuns(ports, question);
    const selects = shown.some(({ selection }) => selection !== undefined);
    if (shown.length === 0 && question.after === null && name !== null) await requireName(ports, name);
    return {
      result: { runs: shown, next },
      position,
      people: [
        history(
          ['run', 'kind', 'as of', 'status', 'grade', 'profiles', ...(selects ? ['selected'] : [])],
          shown.map((run) => [
            run.runId,
            run.kind,
            run.asOf ?? '',
            run.status,
            run.grade ?? '',
            run.risks.join(' '),
            ...(selects ? [selectedWords(run)] : []),
          ]),
        ),
        ...(next === null ? [] : [lines(`More behind --after ${next}.`)]),
      ],
    };
  },
};

export const timeline: VerbCode = {
  flags: [...namingFlags, asOfFlag, knownAtFlag],
  examples: ['sleeve-ledger timeline meta_production-2023-08-31-0123456789abcdef'],
  writes: false,
  run: async (context, input) => {
    const { position, ...result } = await runTimeline((await context.reading()).ports, runQuestion(input));
    const { kind, runId, status, events, decisions, publication, selection } = result;
    return {
      result,
      position,
      people: [
        heading(`${runKindWords[kind]} ${runId}: ${status}`),
        history(
          ['#', 'event', 'step', 'status', 'recorded at', 'by'],
          [...events, ...decisions].map((event) => [
            String(event.revision),
            event.type,
            event.step,
            event.status,
            event.recordedAt,
            event.claimedBy ?? event.actor,
          ]),
        ),
        ...(selection === undefined ? [] : [lines(...summaryLines(selection))]),
        ...(publication === null ? [] : [lines(...recordLines(publication))]),
      ],
    };
  },
};
