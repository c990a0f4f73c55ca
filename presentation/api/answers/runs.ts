/** Answers about runs of every kind. */
import { z } from 'zod';
import { runKinds } from '../../../domain/run/run-kind.ts';
import { assetsSelectedSchema, selectionAbortedSchema } from '../../../domain/sleeve-run/events.ts';
import { publicationRecord } from './publication.ts';
import { count, date, eventId, hash, person, position, runId, symbol, time, weight, worded } from './values.ts';

const ofRun = {
  runId,
  kind: z.enum(runKinds).describe('Kind of run.'),
  name: z.string().describe('Sleeve, meta portfolio, or the book whose positions were combined.'),
  asOf: date.nullable().describe('As-of date; null for a combination whose positions bear no date.'),
  status: z
    .enum([
      'opened',
      'accepted',
      'integrity_failed',
      'ineligible',
      'parity_rejected',
      'allocated',
      'not_allocated',
      'unfinished',
      'tested',
      'failed',
      'combined',
      'refused',
      'ranked',
    ])
    .describe('What became of it. A backtest or a tournament is `unfinished` until its last fact is recorded.'),
};

export const run = z
  .strictObject({
    number: count.describe('Its place among all runs, in ledger order, from 0.'),
    ...ofRun,
    recordedAt: time.describe('When it was opened, in UTC.'),
    grade: z.string().nullable().describe('Grade of a sleeve run; null while there is none, and for any other kind.'),
    risks: z.array(z.string()).describe('Risk profiles that it has.'),
    failed: z.array(z.string()).describe('Risk profiles or entrants that failed.'),
    consumed: z.array(runId).describe('Sleeve runs that it rests on.'),
    supersedes: runId.nullable().describe('The run that it restates; null for none.'),
    why: z.string().nullable().describe('Why it was made again, or why something in it failed; null for neither.'),
    selection: z
      .strictObject({
        won: count.describe('Winners of the last decision.'),
        of: count.describe('Candidates of the last decision.'),
        windows: count.describe('Windows that selected or were aborted.'),
        aborted: count.describe('Windows that were aborted.'),
      })
      .optional()
      .describe('What a sleeve run selected; left out where it selects nothing.'),
  })
  .meta({ id: 'Run', description: 'A run, and what became of it.' });

export const runsResult = z
  .strictObject({
    runs: z.array(run).describe('In ledger order, or the newest first where that was asked for.'),
    next: runId.nullable().describe('The `after` of the next page; null on the last one.'),
  })
  .meta({ id: 'Runs', description: 'Runs of every kind.' });
export type RunsResult = z.infer<typeof runsResult>;

const timelineEvent = z
  .strictObject({
    stream: z.string().describe('Stream in which it stands.'),
    revision: count.describe('Its place in the stream, from 0.'),
    position,
    id: eventId,
    type: z.string().describe('Type of the event.'),
    step: z.string().describe('Step of the run, as an audit file names it.'),
    status: z.string().describe('Status of the step, as an audit file names it.'),
    recordedAt: time.describe('When it was recorded, in UTC.'),
    actor: person.describe('Whoever is recorded as its author.'),
    claimedBy: z.string().optional().describe('The actor as a claim, beside the local user; left out where none was recorded.'),
    hash: hash.describe('SHA-256 of its canonical bytes.'),
  })
  .meta({ id: 'TimelineEvent', description: 'An event of a run.' });

const winner = worded('SelectionWinner', 'A symbol that won its place in a sleeve.', assetsSelectedSchema.shape.winners.element, {
  symbol: 'EXCHANGE:SYMBOL.',
  direction: 'Side on which it is held.',
  cluster: 'Cluster in which it won.',
  score: 'Its score.',
  stage: 'Stage of the selection at which it won.',
  isQuotaWaived: 'True where it is above the quota of its cluster.',
  isWalkover: 'True where it had no opponent.',
});

const decided = assetsSelectedSchema.shape;
const vetoes = decided.vetoes.shape;

export const decision = z
  .strictObject({
    scope: decided.scope.describe('`static`: once for the whole run. `window`: for one window. `live`: for the weights from now on.'),
    window: decided.window.describe('Number of the window, from 0; null for a decision of no window.'),
    first: date.describe('First session that it read.'),
    newestRead: date.describe('Last session that it read.'),
    rows: decided.rows.describe('Sessions that it read.'),
    mode: decided.mode.describe('Mode of the selection.'),
    candidates: decided.candidates.describe('Symbols that it decided on.'),
    target: decided.target.describe('Winners at which the relaxation ends.'),
    afterStage: decided.afterStage.describe('Winners after each stage.'),
    quadrant: decided.quadrant.describe('State of the market by which it decided.'),
    vetoes: z
      .strictObject({
        histogram: z
          .array(
            z.strictObject({
              code: vetoes.histogram.element.shape.code.describe('Which veto.'),
              count: count.describe('Symbols that met it first.'),
            }),
          )
          .describe('First vetoes that symbols met.'),
        share: vetoes.share.describe('Share of candidates with a veto that counts, as a decimal fraction.'),
      })
      .describe('Vetoes, counted.'),
    won: count.describe('How many won, also where the selection may not be used.'),
    winners: z.array(winner).nullable().describe('Best score first; null where the selection was aborted.'),
    rules: z.array(selectionAbortedSchema.shape.rules.element).describe('Rules by which it was aborted.'),
    labels: z.array(z.string()).describe('What limits its use, such as a look-ahead.'),
  })
  .meta({ id: 'SelectionDecision', description: 'One decision on who enters a sleeve.' });

const stability = z
  .strictObject({
    jaccards: z
      .array(weight.nullable())
      .describe('Share of winners that a window has in common with the one before; null for the first, and for those that were aborted.'),
    meanJaccard: weight.nullable().describe('Their mean; null where fewer than two windows selected.'),
    wins: z
      .array(z.strictObject({ symbol, windows: z.int().positive().describe('Windows in which it won.') }))
      .describe('Most frequent first.'),
    selecting: count.describe('Windows that selected.'),
  })
  .meta({ id: 'SelectionStability', description: 'How a selection went on over the windows of a run.' });

export const selection = z
  .strictObject({
    current: decision.describe('The live decision, or the static one.'),
    windows: z.array(decision).describe('By window; empty for a static universe.'),
    aborted: z.array(decision).describe('Windows that hold cash.'),
    stability: stability.nullable().describe('Null for a static universe.'),
  })
  .meta({ id: 'Selection', description: 'The selections of a sleeve run.' });

export const timelineResult = z
  .strictObject({
    ...ofRun,
    events: z.array(timelineEvent).describe('Of the stream of the run.'),
    decisions: z.array(timelineEvent).describe('Of the stream of the portfolio: what was decided about the run.'),
    publication: publicationRecord.nullable().describe('Null while nothing was decided about it, and for a run of another kind.'),
    selection: selection.optional().describe('What a sleeve run selected; left out where it selects nothing.'),
  })
  .meta({ id: 'Timeline', description: 'The events of a run, and what was decided about it.' });
export type TimelineResult = z.infer<typeof timelineResult>;
