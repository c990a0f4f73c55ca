import { clusterName } from './battles.ts';
import { type Component, components } from './components.ts';
import { type NamedStanding, namedStanding } from './account.ts';
import { factorOf, rankAt } from './score.ts';
import type { ExplainedSelection } from './select.ts';
import { changeBetween } from './stability.ts';
import type { VetoCode } from './vetoes.ts';

/** A symbol in one of two selections. */
export interface ComparedSide {
  readonly direction: 'LONG' | 'SHORT';
  readonly score: number;
  /** 1 for the best score of all symbols. */
  readonly rank: number;
  readonly passesGate: boolean;
  readonly vetoes: readonly VetoCode[];
  readonly cluster: string;
  /** All members of its cluster. */
  readonly members: readonly string[];
  readonly standing: NamedStanding;
}

/** What moved the logarithm of a score: later less earlier; a component that takes no part counts as a factor of one. */
export interface MovedFactor {
  readonly factor: Component | 'multiplier';
  readonly before: number;
  readonly after: number;
  readonly logChange: number;
}

/** A symbol that came, left, or won with the other direction. */
export interface MovedSymbol {
  readonly symbol: string;
  /** Null where it was not in the pool. */
  readonly before: ComparedSide | null;
  readonly after: ComparedSide | null;
  /** Largest change first; they sum to the change of the logarithm of the score. Empty where one side lacks the symbol. */
  readonly factors: readonly MovedFactor[];
  readonly logScoreChange: number | null;
  readonly vetoesCame: readonly VetoCode[];
  readonly vetoesLeft: readonly VetoCode[];
  readonly clusterCame: readonly string[];
  readonly clusterLeft: readonly string[];
}

export interface SelectionComparison {
  readonly jaccard: number;
  readonly kept: readonly string[];
  readonly came: readonly MovedSymbol[];
  readonly left: readonly MovedSymbol[];
  /** Winners of both, with the other direction. */
  readonly turned: readonly MovedSymbol[];
}

const winnersOf = ({ winners, symbols }: ExplainedSelection): string[] => winners.map((at) => symbols[at]!);

function sideOf(selection: ExplainedSelection, at: number): ComparedSide | null {
  if (at < 0) return null;
  const { symbols, directions, scores, gates, judgements, clusters } = selection;
  const score = scores.score[at]!;
  const label = clusters.labels[at]!;
  return {
    direction: directions[at]!,
    score,
    rank: rankAt(scores.score, at),
    passesGate: gates[at]!,
    vetoes: judgements[at]!.vetoes.map(({ code }) => code),
    cluster: clusterName(label),
    members: clusters.members[label]!.map((member) => symbols[member]!),
    standing: namedStanding(selection, at),
  };
}

function factorIn({ scores }: ExplainedSelection, at: number, factor: Component | 'multiplier'): number {
  if (factor === 'multiplier') return scores.multiplier[at]!;
  const taking = scores.weights.find(({ component }) => component === factor);
  return taking === undefined ? 1 : factorOf(scores.probabilities[factor]![at]!, taking.weight);
}

function movedFactors(before: ExplainedSelection, left: number, after: ExplainedSelection, right: number): MovedFactor[] {
  return [...components, 'multiplier' as const]
    .map((factor) => {
      const [earlier, later] = [factorIn(before, left, factor), factorIn(after, right, factor)];
      return { factor, before: earlier, after: later, logChange: Math.log(later) - Math.log(earlier) };
    })
    .filter(({ before: earlier, after: later }) => earlier !== 1 || later !== 1)
    .toSorted((one, other) => Math.abs(other.logChange) - Math.abs(one.logChange));
}

function moved(before: ExplainedSelection, after: ExplainedSelection, symbol: string): MovedSymbol {
  const [left, right] = [before.symbols.indexOf(symbol), after.symbols.indexOf(symbol)];
  const [earlier, later] = [sideOf(before, left), sideOf(after, right)];
  const isComparable = earlier !== null && later !== null;
  const vetoes = changeBetween(earlier?.vetoes ?? [], later?.vetoes ?? []);
  const members = changeBetween(earlier?.members ?? [], later?.members ?? []);
  return {
    symbol,
    before: earlier,
    after: later,
    factors: isComparable ? movedFactors(before, left, after, right) : [],
    logScoreChange: isComparable ? Math.log(later.score) - Math.log(earlier.score) : null,
    vetoesCame: isComparable ? vetoes.came : [],
    vetoesLeft: isComparable ? vetoes.left : [],
    clusterCame: isComparable ? members.came : [],
    clusterLeft: isComparable ? members.left : [],
  };
}

const directionIn = ({ symbols, directions }: ExplainedSelection, symbol: string) => directions[symbols.indexOf(symbol)];

/** Who came and who left from one selection to another, and what moved them. Names in the order of the selection that they won in. */
export function compareSelections(before: ExplainedSelection, after: ExplainedSelection): SelectionComparison {
  const [earlier, later] = [winnersOf(before), winnersOf(after)];
  const { jaccard, came, left } = changeBetween(earlier, later);
  const kept = later.filter((symbol) => !came.includes(symbol));
  return {
    jaccard,
    kept,
    came: came.map((symbol) => moved(before, after, symbol)),
    left: left.map((symbol) => moved(before, after, symbol)),
    turned: kept
      .filter((symbol) => directionIn(before, symbol) !== directionIn(after, symbol))
      .map((symbol) => moved(before, after, symbol)),
  };
}
