import { type Account, accountOf } from '../../domain/selection/account.ts';
import { type Battle, battlesOf, type Funnel, funnelOf } from '../../domain/selection/battles.ts';
import { compareSelections, type SelectionComparison } from '../../domain/selection/comparison.ts';
import { type Reach, reachOf } from '../../domain/selection/reach.ts';
import type { SelectionRecord } from '../../domain/selection/record.ts';
import { canonicalSymbol } from '../../domain/shared/symbol.ts';
import { invariant, LedgerError } from '../../domain/shared/errors.ts';
import { suggestion } from '../../domain/shared/suggest.ts';
import { type DecisionSummary, type SelectionSummary, selectionSummary } from '../../domain/sleeve-run/selection-summary.ts';
import type { Ports } from '../ports/ports.ts';
import { decisionIn, type RecordedSelection, selectionsOf, type WhichDecision } from '../runs/recorded-selections.ts';
import type { RunQuestion } from '../runs/run-of.ts';

/** A decision of a run that is asked about. */
export interface SelectionQuestion extends RunQuestion {
  readonly decision: WhichDecision;
}

/** Of which run an answer is, and of which decision. */
export interface OfDecision extends Pick<RecordedSelection, 'runId' | 'sleeve'> {
  readonly decision: DecisionSummary;
}

export interface SelectionAccount extends OfDecision {
  readonly account: Account;
}

export interface SelectionBattles extends OfDecision {
  readonly battles: readonly Battle[];
  /** Where the dendrogram was cut, its rows, and the symbols that its leaves stand for. */
  readonly clusters: SelectionRecord['clusters'];
  readonly symbols: readonly string[];
}

export interface SelectionFunnel extends OfDecision {
  readonly funnel: Funnel;
  /** Components that nobody has, and settings that cannot act on so many rows. */
  readonly absentEverywhere: readonly string[];
  readonly reach: readonly Reach[];
  /** Every decision of the run. */
  readonly run: SelectionSummary;
}

export interface SelectionDifference extends SelectionComparison {
  readonly before: OfDecision;
  readonly after: OfDecision;
  /** Settings of the selection that differ. */
  readonly settings: readonly { readonly path: string; readonly before: unknown; readonly after: unknown }[];
}

const ofDecision = ({ runId, sleeve, decision }: RecordedSelection): OfDecision => ({ runId, sleeve, decision });

async function recorded(ports: Ports, question: SelectionQuestion): Promise<RecordedSelection> {
  return decisionIn(ports, await selectionsOf(ports, question), question.decision);
}

function accountIn({ runId, record, selection }: RecordedSelection, named: string): Account {
  const symbol = selection.symbols.includes(named) ? named : canonicalSymbol(named);
  const account = accountOf(selection, record.settings, symbol);
  if (account !== null) return account;
  const message = `${named} was no candidate of run ${runId}${suggestion(named, selection.symbols)}`;
  throw new LedgerError('SymbolNotInPool', message, { at: { path: named } });
}

const battlesIn = (found: RecordedSelection): SelectionBattles => ({
  ...ofDecision(found),
  battles: battlesOf(found.selection),
  clusters: found.record.clusters,
  symbols: found.record.symbols,
});

function funnelIn(found: RecordedSelection, run: SelectionSummary): SelectionFunnel {
  const { record, selection } = found;
  return {
    ...ofDecision(found),
    funnel: funnelOf(selection),
    absentEverywhere: record.scores.absentEverywhere,
    reach: reachOf(record.settings, record.rows),
    run,
  };
}

/** Why a symbol won or did not. Errors: SymbolNotInPool, SelectionNotRecorded, and those of naming a run. */
export async function explainSelection(ports: Ports, question: SelectionQuestion, symbol: string): Promise<SelectionAccount> {
  const found = await recorded(ports, question);
  return { ...ofDecision(found), account: accountIn(found, symbol) };
}

/** Every cluster of a decision with its members and their standing. Errors: SelectionNotRecorded, and those of naming a run. */
export async function selectionBattles(ports: Ports, question: SelectionQuestion): Promise<SelectionBattles> {
  return battlesIn(await recorded(ports, question));
}

/** How many candidates were left after each step, and how the selection went on over the windows. Errors: as above. */
export async function selectionFunnel(ports: Ports, question: SelectionQuestion): Promise<SelectionFunnel> {
  const selections = await selectionsOf(ports, question);
  const run = selectionSummary(selections.facts);
  invariant(run !== null, 'a run that selects has a live or a static decision');
  return funnelIn(await decisionIn(ports, selections, question.decision), run);
}

const leaves = (plain: object, reading: object): [string, unknown][] => [
  ...Object.entries(plain),
  ...Object.entries(reading).map(([rule, choice]): [string, unknown] => [`reading.${rule}`, choice]),
];

function changedSettings(before: SelectionRecord['settings'], after: SelectionRecord['settings']): SelectionDifference['settings'] {
  const { reading: readBefore, ...plainBefore } = before;
  const { reading: readAfter, ...plainAfter } = after;
  const later = new Map(leaves(plainAfter, readAfter));
  return leaves(plainBefore, readBefore).flatMap(([path, value]) =>
    JSON.stringify(value) === JSON.stringify(later.get(path)) ? [] : [{ path, before: value, after: later.get(path) }],
  );
}

/** Who came and who left between two decisions, of two runs or of one, and what moved them. Errors: as above. */
export async function selectionDiff(ports: Ports, earlier: SelectionQuestion, later: SelectionQuestion): Promise<SelectionDifference> {
  const [before, after] = [await recorded(ports, earlier), await recorded(ports, later)];
  return {
    before: ofDecision(before),
    after: ofDecision(after),
    settings: changedSettings(before.record.settings, after.record.settings),
    ...compareSelections(before.selection, after.selection),
  };
}

const hasWon = ({ standing }: Account): boolean => standing.kind === 'won';

/** Everything about one decision: its funnel, its battles, and every symbol by itself. */
export interface SelectionDeepDive {
  readonly funnel: SelectionFunnel;
  readonly battles: SelectionBattles;
  /** Winners first, best score first; then the others in the same order. */
  readonly accounts: readonly Account[];
}

/** Errors: as above. */
export async function selectionDeepDive(ports: Ports, question: SelectionQuestion): Promise<SelectionDeepDive> {
  const selections = await selectionsOf(ports, question);
  const run = selectionSummary(selections.facts);
  invariant(run !== null, 'a run that selects has a live or a static decision');
  const found = await decisionIn(ports, selections, question.decision);
  const accounts = found.selection.symbols.map((symbol) => accountIn(found, symbol)).toSorted((left, right) => left.rank - right.rank);
  return {
    funnel: funnelIn(found, run),
    battles: battlesIn(found),
    accounts: [...accounts.filter(hasWon), ...accounts.filter((account) => !hasWon(account))],
  };
}
