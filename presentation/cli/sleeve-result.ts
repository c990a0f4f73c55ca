import { type Cash, type CashAsset, cashLine, grossOf } from '../../domain/allocation/cash.ts';
import { physicalSymbol } from '../../domain/allocation/flatten.ts';
import type { EventData } from '../../domain/catalogue.ts';
import { type ProfileLine, stabilityBlocks } from '../../domain/forensics/profile-table.ts';
import { dayNumberOf } from '../../domain/returns/days.ts';
import { remediesOfErrors } from '../../domain/returns/remedies.ts';
import type { SymbolWeight } from '../../domain/returns/series.ts';
import type { RecordedVerdict } from '../../domain/returns/verdict.ts';
import { hardenedFlag } from '../../domain/risk/profiles.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import type { SleeveRunAnswer } from '../../handlers/commands/flow-production.ts';
import { evidenceIn } from '../../domain/sleeve-run/recorded.ts';
import type { SleeveRunEvent } from '../../domain/sleeve-run/slice.ts';
import { regimesInWords } from '../regime/words.ts';
import { selectionSummary } from '../../domain/sleeve-run/selection-summary.ts';
import { summaryLines } from '../report/model/selection-words.ts';
import { universeBlock, universeWarnings } from './scanned-universe.ts';
import { remedyBlock, verdictBlocks } from './integrity-blocks.ts';
import { exchangeWarnings } from '../../domain/shared/symbol.ts';
import { heading, lines, percent, table, type Block, type Outcome } from './verb.ts';

/** Beside the weights of a profile, where cash is held or a cash asset named. */
function cashBeside(weights: readonly SymbolWeight[], asset: CashAsset): { readonly cash?: Cash } {
  const cash = cashLine(grossOf(weights), asset);
  return cash === null ? {} : { cash };
}

function profilesOf(drafts: readonly SleeveRunEvent[], cashAsset: CashAsset): Record<string, unknown>[] {
  return drafts.flatMap((draft): Record<string, unknown>[] => {
    switch (draft.type) {
      case 'SleeveProfileSolved': {
        const { risk, weights, lastWindowWeights, outOfSample, walkForward, solve } = draft.data;
        const { rows, first, last, totalReturn, metrics } = outOfSample;
        return [
          {
            risk,
            status: 'solved',
            weights,
            ...cashBeside(weights, cashAsset),
            lastWindowWeights,
            oos: { rows, first, last, totalReturn, metrics },
            windows: walkForward.windows,
            walkForward,
            certificate: solve.certificate,
            flags: solve.flags,
            ...(solve.attempts.length > 1 ? { attempts: solve.attempts } : {}),
            fallback: solve.fallback,
            ...(solve.adaptive === undefined ? {} : { adaptive: solve.adaptive }),
            estimate: solve.estimate,
          },
        ];
      }
      case 'SleeveProfileImported': {
        const { risk, weights, weightsFrom, returnsFrom, outOfSample } = draft.data;
        const { rows, first, last, totalReturn, metrics } = outOfSample;
        return [
          {
            risk,
            status: 'imported',
            weights: weights ?? [],
            ...(weights === null ? {} : cashBeside(weights, cashAsset)),
            weightsFrom,
            returnsFrom,
            lastWindowWeights: [],
            oos: { rows, first, last, totalReturn, metrics },
            windows: null,
            certificate: null,
          },
        ];
      }
      case 'SleeveProfileAbsent':
        return [{ ...draft.data, status: 'absent', weights: [], lastWindowWeights: [], oos: null, windows: 0, certificate: null }];
      case 'SleeveProfileFailed': {
        const { risk, code, reason } = draft.data;
        return [{ risk, status: 'failed', code, reason, weights: [], lastWindowWeights: [], oos: null, windows: 0, certificate: null }];
      }
      default:
        return [];
    }
  });
}

/** An imported run brings no prices, so nothing of them was audited. */
function verdictIn(drafts: readonly SleeveRunEvent[]): RecordedVerdict | null {
  return [...dataOf(drafts, 'IntegrityPassed'), ...dataOf(drafts, 'IntegrityFailed')][0]?.verdict ?? null;
}

function integrityOf(drafts: readonly SleeveRunEvent[]): object {
  const verdict = verdictIn(drafts);
  if (verdict === null) return { errors: 0, warnings: 0, findings: [], checks: [] };
  const { errors, warnings, findings, checks, notJudged } = verdict;
  // What is answered of a run that was recorded under earlier rules stays what it was.
  const remedies = verdict.policy['version'] === 1 ? [] : remediesOfErrors(findings);
  return {
    errors,
    warnings,
    findings,
    checks,
    ...(notJudged === undefined ? {} : { notJudged }),
    ...(remedies.length === 0 ? {} : { remedies }),
  };
}

/** A solve that took more shrinkage than was asked for is seen in the table; the reasons of the grade say how much. */
function statusOf({ status, walkForward }: Record<string, unknown>): string {
  const flags = (walkForward as { readonly flags: readonly string[] } | undefined)?.flags ?? [];
  return flags.includes(hardenedFlag) ? `${String(status)}, ${hardenedFlag}` : String(status);
}

function topWeights(weights: readonly { symbol: string; weight: number }[]): string {
  const top = weights.toSorted((left, right) => right.weight - left.weight).slice(0, 3);
  return top.map(({ symbol, weight }) => `${symbol} ${percent(weight)}`).join(', ');
}

function weightsText(profile: Record<string, unknown>): string {
  const cash = profile['cash'] as Cash | undefined;
  const invested = topWeights(profile['weights'] as { symbol: string; weight: number }[]);
  return cash === undefined || cash.weight === 0 ? invested : `${invested}; cash ${percent(cash.weight)} in ${cash.asset}`;
}

type Universe = EventData<'UniverseFormed'>;

/** For what the grid ends before the prices do. */
function gridEndLines({ grid, shortened }: Universe): string[] {
  if (shortened === null || shortened.by.length === 0) return [];
  const days = dayNumberOf(shortened.pricesLast) - dayNumberOf(grid.last);
  const shown = shortened.by.slice(0, 3).map(({ symbol, last }) => `${symbol} (last price ${last})`);
  const more = shortened.by.length > 3 ? ` and ${shortened.by.length - 3} more` : '';
  return [
    `The grid ends ${days} calendar ${days === 1 ? 'day' : 'days'} before the last price of the universe, of ${shortened.pricesLast}: ` +
      `${shown.join(', ')}${more}.`,
  ];
}

/** What became of the rows behind the last full window. */
function partialLines(drafts: readonly SleeveRunEvent[]): string[] {
  const [solved] = dataOf(drafts, 'SleeveProfileSolved');
  const rows = solved?.walkForward.lastPartialRows ?? 0;
  if (solved === undefined || rows === 0) return [];
  const counted = `${rows} ${rows === 1 ? 'row' : 'rows'} behind the last full window`;
  return solved.walkForward.flags.includes('partial')
    ? [`The last window is partial: ${counted}.`]
    : [`Out-of-sample returns end on ${solved.outOfSample.last}: ${counted} are not traded (backtest.partial_last_window: skip).`];
}

/** Of a sleeve with directions: its streams are made of returns, and what was looked at is said. */
function signTestLines(drafts: readonly SleeveRunEvent[]): string[] {
  const tested = evidenceIn(drafts).find(({ check }) => check === 'sign_test');
  if (tested === undefined || tested.status === 'not_applicable') return [];
  return [`Sign test ${tested.status}: ${tested.detail}.`];
}

function people(
  runId: string,
  already: boolean,
  grade: string,
  drafts: readonly SleeveRunEvent[],
  profiles: readonly Record<string, unknown>[],
): Block[] {
  const universe = dataOf(drafts, 'UniverseFormed')[0];
  const blocks: Block[] = [heading(`Sleeve run ${runId}: ${grade}${already ? ' (already recorded)' : ''}`)];
  if (universe !== undefined) {
    const { rows, first, last } = universe.grid;
    blocks.push(
      lines(
        `Grid ${first} to ${last}: ${rows} price rows, ${universe.kept.length} symbols kept, ${universe.dropped.length} dropped, ` +
          `${universe.inactive.length} inactive.`,
      ),
    );
    blocks.push(lines(...gridEndLines(universe), ...partialLines(drafts), ...dataOf(drafts, 'RegimesDetected').flatMap(regimesInWords)));
    for (const drop of universe.dropped) blocks.push(lines(`  dropped ${drop.symbol}: covers ${percent(drop.coverage)} of its sessions`));
  }
  if (universe !== undefined) blocks.push(lines(...signTestLines(drafts)));
  const selection = selectionSummary(drafts);
  if (selection !== null) blocks.push(lines(...summaryLines(selection)));
  const verdict = verdictIn(drafts);
  if (verdict !== null) blocks.push(...verdictBlocks(verdict), remedyBlock(remediesOfErrors(verdict.findings)));
  if (profiles.length > 0) {
    blocks.push(
      table(
        ['profile', 'status', 'out of sample', 'total', 'vol', 'live weights (top)'],
        profiles.map((profile) => {
          const oos = profile['oos'] as {
            rows: number;
            first: string;
            last: string;
            totalReturn: number;
            metrics: { volatility: number | null };
          } | null;
          if (oos === null) return [String(profile['risk']), String(profile['status']), String(profile['reason']), '', '', ''];
          const { volatility } = oos.metrics;
          return [
            String(profile['risk']),
            statusOf(profile),
            `${oos.first}..${oos.last} (${oos.rows})`,
            percent(oos.totalReturn),
            volatility === null ? '' : percent(volatility),
            weightsText(profile),
          ];
        }),
      ),
    );
  }
  return blocks;
}

/** What the run may hold. */
function symbolsOf(drafts: readonly SleeveRunEvent[]): string[] {
  const kept = dataOf(drafts, 'UniverseFormed').flatMap((universe) => universe.kept.map(({ symbol }) => symbol));
  const imported = dataOf(drafts, 'SleeveProfileImported').flatMap(({ weights }) => (weights ?? []).map(({ symbol }) => symbol));
  return [...kept, ...imported.map((atom) => physicalSymbol(atom).symbol)];
}

const shown = (value: number | null, words: (known: number) => string): string => (value === null ? '-' : words(value));

/** The profiles of the run side by side, best Sharpe ratio first; nothing of a run without any. */
function rankingBlocks(ranking: readonly ProfileLine[]): Block[] {
  if (ranking.length === 0) return [];
  return [
    lines('Profiles by Sharpe ratio, out of sample and net; stability: eighths of the rows with a gain. No trial is counted.'),
    table(
      ['profile', 'Sharpe', 'per year', 'volatility', 'worst drawdown', 'stability'],
      ranking.map(({ risk, sharpe, twrAnnualised, volatility, maxDrawdown, blocksWon }) => [
        risk,
        shown(sharpe, (value) => value.toFixed(2)),
        shown(twrAnnualised, percent),
        shown(volatility, percent),
        percent(maxDrawdown),
        shown(blocksWon, (won) => `${won} of ${stabilityBlocks}`),
      ]),
    ),
  ];
}

/** What is answered of a run beside its facts. */
interface Beside {
  /** The hash of the log that came with an import. */
  readonly sourceChain?: string;
  /** The solved profiles, best first; left out where none is compared. */
  readonly ranking?: readonly ProfileLine[];
}

/** What `flow production` and `sleeve import` answer; an ineligible run exits 1. */
export function sleeveRunOutcome(answer: SleeveRunAnswer & Beside, cashAsset: CashAsset): Outcome {
  const { runId, already, asOf, grade, reasons, drafts, ranking = [] } = answer;
  const profiles = profilesOf(drafts, cashAsset);
  const universe = dataOf(drafts, 'UniverseFormed')[0];
  const { temporalId: temporal, options } = dataOf(drafts, 'SleeveRunOpened')[0]!;
  const scanned = options.universe;
  const [regimes] = dataOf(drafts, 'RegimesDetected');
  const selection = selectionSummary(drafts);
  return {
    result: {
      runId,
      already,
      eligibility: grade,
      reasons,
      asOf,
      temporalId: temporal,
      universe:
        universe === undefined
          ? null
          : {
              kept: universe.kept.map(({ symbol }) => symbol),
              dropped: universe.dropped,
              inactive: universe.inactive,
              benchmarks: universe.benchmarks,
              grid: universe.grid,
              annualisationDays: universe.annualisationDays,
              notApplied: universe.notApplied,
            },
      ...(scanned === undefined ? {} : { scannedUniverse: scanned }),
      ...(regimes === undefined ? {} : { regimes }),
      ...(selection === null ? {} : { selection }),
      profiles,
      ...(ranking.length === 0 ? {} : { ranking }),
      integrity: integrityOf(drafts),
      ...(answer.sourceChain === undefined ? {} : { sourceChain: answer.sourceChain }),
    },
    people: [
      ...people(runId, already, grade, drafts, profiles),
      ...rankingBlocks(ranking),
      ...(scanned === undefined ? [] : [universeBlock(scanned)]),
      lines(...reasons.map((reason) => `  reason: ${reason}`)),
    ],
    failure:
      grade === 'INELIGIBLE'
        ? new LedgerError('SleeveRunIneligible', `run ${runId} is not eligible: ${reasons.join('; ')}`, { evidence: { reasons } })
        : null,
    warnings: [...exchangeWarnings(symbolsOf(drafts)), ...(scanned === undefined ? [] : universeWarnings(scanned))],
  };
}
