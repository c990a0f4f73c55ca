import type { MetaPortfolioDefined } from '../../domain/publication/events.ts';
import type { PortfolioDataEnd } from '../../domain/run/data-end.ts';
import type { DataEnd } from '../../domain/run/delivered-run.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import { newlyOverdue, type OverdueSession } from '../../domain/sleeve/overdue.ts';
import { parityRecord, waiverPrefix, type WaiverRow } from '../../projections/parity-record.ts';
import { definitionKey, portfolioDirectory, portfolioKey, type PortfolioRow } from '../../projections/portfolio-directory.ts';
import { runDirectory, runKey, type RunRow } from '../../projections/run-directory.ts';
import { sleeveStatus, type SleeveStatusRow, type UnassignedRow } from '../../projections/sleeve-status.ts';
import type { Ports } from '../ports/ports.ts';
import { instantOf } from '../read-models/position.ts';
import { dataEndOf, dataEndOfSleeves } from '../runs/data-ends.ts';
import { type View, viewOf } from '../read-models/views.ts';
import { type PortfolioStatus, portfolioStatus } from './portfolio-status.ts';
import { portfolioUndefined } from './portfolio-undefined.ts';

export interface StatusQuery {
  /** One portfolio with its sleeves; null for everything. */
  readonly meta: string | null;
  /** Ledger time. */
  readonly knownAt: string | null;
}

export interface SleeveStatus extends Omit<SleeveStatusRow, 'overdue'> {
  /** Sessions without the result that was due, ascending. */
  readonly overdue: readonly OverdueSession[];
  /** Where the data of its current run end. */
  readonly dataEnd: DataEnd | null;
}

export interface PortfolioStatusWithData extends PortfolioStatus {
  /** Where the data of the runs that it would consume end, before the newest of their as-of dates; null until each sleeve has a run. */
  readonly dataEnd: PortfolioDataEnd | null;
}

export interface LedgerStatus {
  readonly portfolios: readonly PortfolioStatusWithData[];
  readonly sleeves: readonly SleeveStatus[];
  /** Dead letters that no sleeve can be blamed for. */
  readonly unassignedLetters: number;
  /** What somebody should look at; empty when all is well. */
  readonly attention: readonly string[];
  readonly position: string | null;
}

async function sleeveStatusOf(row: SleeveStatusRow, runs: View, now: string | null): Promise<SleeveStatus> {
  const noted = row.overdue.map(({ session, expectedBy }) => ({ session, expectedBy }));
  const dataEnd = row.current === null ? null : await dataEndOf(runs, row.current.runId);
  return { ...row, overdue: [...noted, ...(now === null ? [] : newlyOverdue(row, now))], dataEnd };
}

/** Where the data of a portfolio end, by the runs that its sleeves have now. */
async function withDataEnd(status: PortfolioStatus, runs: View): Promise<PortfolioStatusWithData> {
  const ready = status.leaves.flatMap(({ path, runId, asOf }) =>
    runId === null || asOf === null ? [] : [{ sleeve: path.join('/'), runId, asOf }],
  );
  if (ready.length === 0 || ready.length < status.leaves.length) return { ...status, dataEnd: null };
  const asOf = ready
    .map((leaf) => leaf.asOf)
    .toSorted(byCodeUnits)
    .at(-1)!;
  return { ...status, dataEnd: await dataEndOfSleeves(runs, ready, asOf) };
}

async function pinnedRuns(runs: View, definition: MetaPortfolioDefined | null): Promise<Map<string, string>> {
  const known = new Map<string, string>();
  for (const { sleeve, pinnedRunId } of definition?.sleeves ?? []) {
    const run = pinnedRunId === null ? null : await runs.row<RunRow>(runKey(pinnedRunId));
    if (run !== null && run.asOf !== null && run.name === sleeve && run.status === 'accepted') known.set(run.runId, run.asOf);
  }
  return known;
}

const counted = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

function attentionOf(portfolios: readonly PortfolioStatus[], sleeves: readonly SleeveStatus[], unassignedLetters: number): string[] {
  return [
    ...portfolios.flatMap(({ meta, state, held, proposed, lastDecision }) => [
      ...(held === null ? [] : [`${meta}: run ${held.runId} waits for approval`]),
      ...(proposed === undefined ? [] : [`${meta}: definition ${meta}/${proposed.proposal} waits for approval`]),
      ...(state === 'refused' ? [`${meta}: refused: ${lastDecision!.message}`] : []),
    ]),
    ...sleeves.flatMap(({ sleeve, overdue, openLetters, heldResults }) => [
      ...(overdue.length === 0 ? [] : [`${sleeve}: overdue since ${overdue[0]!.session} (${counted(overdue.length, 'session')})`]),
      ...(openLetters === 0 ? [] : [`${sleeve}: ${counted(openLetters, 'dead letter')}`]),
      ...(heldResults === 0 ? [] : [`${sleeve}: ${counted(heldResults, 'held result')}`]),
    ]),
    ...(unassignedLetters === 0 ? [] : [`${counted(unassignedLetters, 'dead letter')} of no sleeve`]),
  ];
}

interface Portfolio {
  readonly row: PortfolioRow;
  readonly definition: MetaPortfolioDefined | null;
}

async function portfoliosIn(directory: View, meta: string | null): Promise<readonly Portfolio[]> {
  const one = meta === null ? null : await directory.row<PortfolioRow>(portfolioKey(meta));
  const rows = meta === null ? await directory.rows<PortfolioRow>('meta/') : one === null ? [] : [one];
  const portfolios: Portfolio[] = [];
  for (const row of rows) {
    portfolios.push({
      row,
      definition:
        row.definition === null ? null : await directory.row<MetaPortfolioDefined>(definitionKey(row.meta, row.definition.number)),
    });
  }
  return portfolios;
}

/** One row a sleeve: of the sleeves in these portfolios; null for every one. */
async function sleeveRowsOf(status: View, portfolios: readonly Portfolio[] | null): Promise<ReadonlyMap<string, SleeveStatusRow>> {
  if (portfolios === null) return new Map((await status.rows<SleeveStatusRow>('sleeve/')).map((row) => [row.sleeve, row]));
  const names = new Set(portfolios.flatMap(({ definition }) => definition?.sleeves ?? []).map(({ sleeve }) => sleeve));
  const rows = new Map<string, SleeveStatusRow>();
  for (const name of [...names].toSorted(byCodeUnits)) {
    const row = await status.row<SleeveStatusRow>(`sleeve/${name}`);
    if (row !== null) rows.set(name, row);
  }
  return rows;
}

/** Where every portfolio and sleeve stands, and what waits for what. Errors: PortfolioUndefined. */
export async function ledgerStatus(ports: Ports, { meta, knownAt }: StatusQuery): Promise<LedgerStatus> {
  const directory = await viewOf(ports, portfolioDirectory, knownAt);
  const status = await viewOf(ports, sleeveStatus, knownAt);
  const parity = await viewOf(ports, parityRecord, knownAt);
  const runs = await viewOf(ports, runDirectory, knownAt);
  const known = await portfoliosIn(directory, meta);
  if (meta !== null && known.length === 0) throw portfolioUndefined(meta);
  const sleeveRows = await sleeveRowsOf(status, meta === null ? null : known);
  const portfolios: PortfolioStatusWithData[] = [];
  for (const { row, definition } of known) {
    const waivers = await parity.rows<WaiverRow>(waiverPrefix(row.meta));
    const facts = {
      row,
      definition,
      sleeveOf: (sleeve: string) => sleeveRows.get(sleeve) ?? null,
      asOfPinned: await pinnedRuns(runs, definition),
      waiverIds: waivers.map(({ waiverId }) => waiverId),
    };
    portfolios.push(await withDataEnd(portfolioStatus(facts, ports.crypto.sha256), runs));
  }
  // With ledger time given as a position, only those sessions are overdue that were noted by then.
  const now = instantOf(ports, knownAt);
  const sleeves: SleeveStatus[] = [];
  for (const row of sleeveRows.values()) sleeves.push(await sleeveStatusOf(row, runs, now));
  const unassignedLetters = meta === null ? ((await status.row<UnassignedRow>('unassigned'))?.openLetters ?? 0) : 0;
  const positions = [directory, status].flatMap(({ position }) => (position === null ? [] : [position]));
  return {
    portfolios,
    sleeves,
    unassignedLetters,
    attention: attentionOf(portfolios, sleeves, unassignedLetters),
    position: positions.toSorted((left, right) => ports.store.comparePositions(left, right)).at(-1) ?? null,
  };
}
