import { codeDefaults } from '../manifest/defaults.ts';
import type { ProvenanceByPath } from '../manifest/provenance.ts';

/** What is not invested, beside the assets: never a symbol, never in turnover or costs. */
export interface Cash {
  readonly asset: string;
  /** Fraction of equity. */
  readonly weight: number;
}

/** What cash is held in, and whether somebody said so. */
export interface CashAsset {
  readonly asset: string;
  readonly isNamed: boolean;
}

/** Weights that sum to 1 leave their rounding, which is no cash. */
const rounding = 1e-12;
const setting = 'backtest.backtest_cash_asset';

/** max(0, 1 - Σ|w|). */
export function uninvested(gross: number): number {
  return Math.max(0, 1 - gross);
}

export function grossOf(weights: readonly { readonly weight: number }[]): number {
  return weights.reduce((sum, { weight }) => sum + Math.abs(weight), 0);
}

/** The line of cash where some is held, or where a cash asset is named; null else. */
export function cashLine(gross: number, { asset, isNamed }: CashAsset): Cash | null {
  const weight = uninvested(gross);
  if (weight > rounding) return { asset, weight };
  return isNamed ? { asset, weight: 0 } : null;
}

export const unnamedCash: CashAsset = { asset: codeDefaults.backtest.backtest_cash_asset, isNamed: false };

/** The cash asset of resolved settings; named where any layer but the code has it. */
export function cashAssetIn({
  blocks,
  provenance,
}: {
  readonly blocks: { readonly backtest: { readonly backtest_cash_asset?: string | undefined } };
  readonly provenance: ProvenanceByPath;
}): CashAsset {
  const asset = blocks.backtest.backtest_cash_asset;
  if (asset === undefined) return unnamedCash;
  return { asset, isNamed: (provenance[setting]?.layer ?? 'code') !== 'code' };
}

/** The same of leaves that another program wrote. */
export function cashAssetAmong(leaves: Readonly<Record<string, unknown>>): CashAsset {
  const asset = leaves[setting];
  return typeof asset === 'string' ? { asset, isNamed: true } : unnamedCash;
}
