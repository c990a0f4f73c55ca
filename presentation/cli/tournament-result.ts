import { isWithinNoise } from '../../domain/metrics/sharpe-difference.ts';
import type { RankedEntrantFacts, TournamentCompleted, TournamentStarted } from '../../domain/tournament-run/events.ts';
import { selectionLookAheadInWords, selectionLookAheadOf } from '../../domain/run/selection-look-ahead.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import type { TournamentAnswer } from '../../handlers/commands/run-tournament.ts';
import { type Block, heading, lines, type Outcome, percent, table } from './verb.ts';

const shownRatio = (value: number | null): string => (value === null ? '' : value.toFixed(2));
const shownPercent = (value: number | null): string => (value === null ? '' : percent(value));

function noteOf({ identicalTo, rank, againstFirst, imported }: RankedEntrantFacts): string {
  if (identicalTo !== null) return `same stream as ${identicalTo}`;
  const notes = imported === undefined ? [] : ['imported, net as given'];
  if (rank > 1 && isWithinNoise(againstFirst)) notes.push('no difference beyond noise');
  return notes.join('; ');
}

function rankTable(entrants: readonly RankedEntrantFacts[]): Block {
  return table(
    ['rank', 'entrant', 'Sharpe', 'a year', 'volatility', 'max drawdown', 'z to first', 'z to raw pool', 'note'],
    entrants.map((entrant) => {
      const { rank, id, metrics, againstFirst, againstRawPool } = entrant;
      return [
        String(rank),
        id,
        shownRatio(metrics.sharpe),
        shownPercent(metrics.twrAnnualised),
        shownPercent(metrics.volatility),
        percent(metrics.maxDrawdown),
        shownRatio(againstFirst.z),
        shownRatio(againstRawPool?.z ?? null),
        noteOf(entrant),
      ];
    }),
  );
}

function overfittingLine({ overfitting }: TournamentCompleted): string {
  if (overfitting.status === 'refused') return `Probability of overfitting: not evaluated, ${overfitting.reason}.`;
  const { probability, splits } = overfitting;
  const share = `${percent(probability)} of ${splits} splits`;
  return `Probability of overfitting: ${share}; the best in sample is then no better than the middle elsewhere.`;
}

function luckLines({ first }: TournamentAnswer, completed: TournamentCompleted): Block {
  const { pairs, rankStability, trials } = completed;
  return lines(
    overfittingLine(completed),
    `${pairs.withinNoise} of ${pairs.compared} pairs do not differ beyond noise (|z| below 1.96).`,
    ...(rankStability === null ? [] : [`Rank stability over 8 blocks: ${rankStability.toFixed(2)}.`]),
    ...(first === null
      ? []
      : [
          `The first is better than luck with probability ${percent(first.deflated)}, by at least ${first.trials} recorded trials ` +
            `of the sleeve, ${trials?.count ?? 0} of them here.`,
        ]),
  );
}

function premises({ rows, first, last }: TournamentCompleted, { selectionMode, coverage, imported }: TournamentStarted): Block {
  return lines(
    `Out of sample and after costs, on the ${rows} rows that every entrant holds: ${first} to ${last}.`,
    ...(imported === undefined
      ? []
      : ['Imported runs compete with their net returns as given, whatever their costs; the common dates decide.']),
    `Symbols were kept by their coverage from ${coverage.first} to ${coverage.last}, later rows included.`,
    ...(selectionMode === 'none' ? ['Nothing is selected: raw_pool_ew is the equal weight of the sleeve.'] : []),
  );
}

/** What `tournament run` answers. */
export function tournamentOutcome(answer: TournamentAnswer): Outcome {
  const { runId, already, first, facts } = answer;
  const fromCache = dataOf(facts, 'CacheUsed')[0]?.uses.length ?? 0;
  const started = dataOf(facts, 'TournamentStarted')[0]!;
  const [completed = null] = dataOf(facts, 'TournamentCompleted');
  const [ended = null] = dataOf(facts, 'TournamentFailed');
  const lookAhead = selectionLookAheadOf(started.options, started.grid.first);
  const failed = completed?.failed ?? ended?.failed ?? [];
  const { sleeve, profile, asOf, axes, selectionMode, sourceRunId, grid, coverage, kept, dropped, notComputed, imported = [] } = started;
  const { runId: _, ...ranked } = completed ?? { runId };
  return {
    result: {
      runId,
      already,
      sleeve,
      profile,
      asOf,
      axes,
      selectionMode,
      sourceRunId,
      grid,
      coverage,
      kept,
      dropped,
      notComputed,
      selectionLookAhead: lookAhead,
      imported: imported.map(({ runId: from, risk }) => ({ runId: from, risk })),
      fromCache,
      firstDeflated: first,
      ...ranked,
      failed,
    },
    people: [
      heading(`Tournament ${runId}${already ? ' (already recorded)' : ''}`),
      ...(completed === null ? [] : [premises(completed, started), rankTable(completed.entrants), luckLines(answer, completed)]),
      ...(fromCache === 0 ? [] : [lines(`${fromCache} walk-forwards came from the cache.`)]),
    ],
    warnings: [
      ...(lookAhead === null ? [] : [selectionLookAheadInWords(lookAhead)]),
      ...failed.map(({ id, reason }) => `${id} was not run: ${reason}`),
      ...notComputed.map((name) => `the sleeve lists ${name}, which is not computed`),
    ],
    failure:
      ended === null
        ? null
        : new LedgerError('EntrantsNotRanked', `no entrant was ranked: ${ended.reason}`, { evidence: { failures: failed } }),
  };
}
