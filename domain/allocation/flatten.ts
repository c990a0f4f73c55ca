import { rulesInForce } from '../run/rules.ts';
import { LedgerError } from '../shared/errors.ts';
import { byCodeUnits, sortedBy } from '../shared/order.ts';
import { atomParts, canonicalSymbol } from '../shared/symbol.ts';
import type { SymbolWeight } from '../returns/series.ts';

/** One sleeve of a (possibly nested) meta portfolio: the way down to it, and what it holds. */
export interface Leaf {
  /** Sleeve ids from the root to the leaf. */
  readonly path: readonly string[];
  readonly runId: string;
  /** The bounded weight at each step of `path`. */
  readonly weights: readonly number[];
  /** Signed weights of the sleeve's own equity; null when the run holds none for this profile. */
  readonly portfolio: readonly SymbolWeight[] | null;
}

export interface Contributor {
  readonly path: readonly string[];
  readonly sleeve: string;
  readonly runId: string;
  /** As the sleeve names it: a strategy atom such as `BINANCE:BTCUSDT_rating_all_SHORT_1d`, or the symbol itself. */
  readonly atom: string;
  readonly sleeveWeight: number;
  readonly assetWeight: number;
  readonly amount: number;
}

export interface FlattenedAsset {
  readonly symbol: string;
  /** The sum of the contributors' amounts, in their order. */
  readonly weight: number;
  readonly contributors: readonly Contributor[];
}

export interface FlattenedPortfolio {
  readonly assets: readonly FlattenedAsset[];
  readonly gross: number;
  readonly net: number;
  readonly grossBeforeNetting: number;
  readonly grossExpected: number;
  readonly nettedExposure: number;
  readonly conservationError: number;
  readonly nettedSymbols: readonly string[];
  readonly leafPaths: readonly { readonly path: readonly string[]; readonly weight: number; readonly runId: string }[];
}

/** What is held long and short of physical symbols, once long and short positions in one of them have cancelled. */
export interface DirectionalExposure {
  readonly grossLong: number;
  /** A sum of sizes, from zero up. */
  readonly grossShort: number;
  readonly net: number;
}

const conservationTolerance = 1e-9;

/** The physical symbol behind a strategy atom and the sign with which it is held. */
export function physicalSymbol(atom: string): { readonly symbol: string; readonly sign: 1 | -1 } {
  const parts = atomParts(atom);
  return parts === null ? { symbol: atom, sign: 1 } : { symbol: parts.symbol, sign: parts.sign };
}

function sumOf(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

export function directionalExposure(assets: readonly Pick<FlattenedAsset, 'weight'>[]): DirectionalExposure {
  const grossLong = assets.reduce((sum, { weight }) => (weight > 0 ? sum + weight : sum), 0);
  const grossShort = assets.reduce((sum, { weight }) => (weight < 0 ? sum - weight : sum), 0);
  return { grossLong, grossShort, net: grossLong - grossShort };
}

function contributionsOf(leaf: Leaf): Contributor[] {
  const label = leaf.path.join('/');
  if (leaf.portfolio === null || leaf.portfolio.length === 0) {
    throw new LedgerError('PortfolioMissing', `sleeve ${label} (run ${leaf.runId}) has no portfolio for this profile`, {
      evidence: { path: [...leaf.path], runId: leaf.runId },
    });
  }
  let sleeveWeight = 1;
  for (const weight of leaf.weights) sleeveWeight *= weight;
  return sortedBy(leaf.portfolio, (asset) => asset.symbol)
    .map((asset) => ({
      path: leaf.path,
      sleeve: leaf.path.at(-1)!,
      runId: leaf.runId,
      atom: asset.symbol,
      sleeveWeight,
      assetWeight: asset.weight,
      amount: physicalSymbol(asset.symbol).sign * sleeveWeight * asset.weight,
    }))
    .filter((contributor) => contributor.amount !== 0);
}

/**
 * Asset weights of a meta portfolio: for every leaf path, in code-unit order, the product of the sleeve weights times the leaf's
 * weight, summed once per physical symbol. Gross exposure is conserved to 1e-9 before netting; what long and short
 * sleeves cancel is reported as netted exposure, not as an error. Errors: PortfolioMissing, ConservationBroken.
 */
export function flatten(leaves: readonly Leaf[], rules: number = rulesInForce): FlattenedPortfolio {
  const inOrder = leaves.toSorted((left, right) => byCodeUnits(left.path.join('/'), right.path.join('/')));
  const bySymbol = new Map<string, Contributor[]>();
  const leafGross: number[] = [];
  let grossExpected = 0;
  for (const leaf of inOrder) {
    const contributors = contributionsOf(leaf);
    leafGross.push(...contributors.map((contributor) => Math.abs(contributor.amount)));
    let sleeveWeight = 1;
    for (const weight of leaf.weights) sleeveWeight *= weight;
    grossExpected +=
      Math.abs(sleeveWeight) * sumOf(sortedBy(leaf.portfolio!, (asset) => asset.symbol).map((asset) => Math.abs(asset.weight)));
    for (const contributor of contributors) {
      // The first rules took spellings of a symbol for symbols of their own.
      const { symbol } = physicalSymbol(rules === 1 ? contributor.atom : canonicalSymbol(contributor.atom));
      const known = bySymbol.get(symbol);
      if (known === undefined) bySymbol.set(symbol, [contributor]);
      else known.push(contributor);
    }
  }
  const assets = sortedBy([...bySymbol], ([symbol]) => symbol).map(([symbol, contributors]) => ({
    symbol,
    weight: sumOf(contributors.map((contributor) => contributor.amount)),
    contributors,
  }));
  const grossBeforeNetting = sumOf(leafGross);
  const gross = sumOf(assets.map((asset) => Math.abs(asset.weight)));
  const conservationError = Math.abs(grossBeforeNetting - grossExpected);
  if (conservationError > conservationTolerance) {
    throw new LedgerError('ConservationBroken', `flattening lost ${conservationError} of gross exposure`, {
      evidence: { grossBeforeNetting, grossExpected, tolerance: conservationTolerance },
    });
  }
  return {
    assets,
    gross,
    net: sumOf(assets.map((asset) => asset.weight)),
    grossBeforeNetting,
    grossExpected,
    nettedExposure: grossBeforeNetting - gross,
    conservationError,
    nettedSymbols: assets
      .filter((asset) => asset.contributors.some((c) => c.amount > 0) && asset.contributors.some((c) => c.amount < 0))
      .map((asset) => asset.symbol),
    leafPaths: inOrder.map((leaf) => ({
      path: leaf.path,
      weight: leaf.weights.reduce((product, weight) => product * weight, 1),
      runId: leaf.runId,
    })),
  };
}
