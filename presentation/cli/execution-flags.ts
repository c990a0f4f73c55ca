import { basisPointsPerUnit, type ExecutionSettings, rebalanceRules } from '../../domain/execution/settings.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { choiceFlag, integerFlag, isSet, numberFlag } from './flags.ts';
import type { Flag, FlagValues } from './verb.ts';

/** How a path of weights is executed: every unit stands in the name of its flag. */
export const executionFlags: readonly Flag[] = [
  { flags: '--rebalance <rule>', summary: `when the book is traded: ${rebalanceRules.join(', ')} (default: as_given)` },
  { flags: '--lag <rows>', summary: 'rows between the close of a decision and the close of its trade (default: 0)' },
  { flags: '--same-row', summary: 'earn the row of the decision itself: look-ahead, and labelled so' },
  { flags: '--holding <how>', summary: 'drift (default), or constant: weights stand at the target between trades' },
  { flags: '--return-kind <kind>', summary: 'simple (default), or log_sum: a row earns the sum of w log(1+r)' },
  { flags: '--turnover-from <what>', summary: 'held (default), or target: what a target is compared with, for costs' },
  { flags: '--slippage-bp <number>', summary: 'basis points of the value traded; 5 bp are a fraction of 0.0005' },
  { flags: '--slippage-fraction <number>', summary: 'the same as a fraction' },
  { flags: '--commission-bp <number>', summary: 'basis points of the value traded' },
  { flags: '--commission-fraction <number>', summary: 'the same as a fraction' },
  { flags: '--borrow-rate <fraction>', summary: 'a year, on what is short' },
  { flags: '--cash-rate <fraction>', summary: 'a year, on what is not invested; paid where more than everything is' },
  { flags: '--impact-coefficient <number>', summary: 'square-root market impact; needs --aum, --prices and --volumes' },
  { flags: '--aum <amount>', summary: 'assets under management, in the currency of the prices' },
];

/** A cost in the one unit that was named; 0 without any. */
function costFraction(flags: FlagValues, name: 'slippage' | 'commission'): number {
  const [inBasisPoints, asFraction] = [numberFlag(flags, `${name}Bp`, null), numberFlag(flags, `${name}Fraction`, null)];
  if (inBasisPoints !== null && asFraction !== null)
    throw new LedgerError('Usage', `--${name}-bp and --${name}-fraction: give one of them`, { at: { path: `--${name}-bp` } });
  return asFraction ?? (inBasisPoints ?? 0) / basisPointsPerUnit;
}

function impactOf(flags: FlagValues): ExecutionSettings['impact'] {
  const coefficient = numberFlag(flags, 'impactCoefficient', null);
  const assetsUnderManagement = numberFlag(flags, 'aum', null);
  if ((coefficient === null) !== (assetsUnderManagement === null))
    throw new LedgerError('Usage', '--impact-coefficient and --aum: one needs the other', { at: { path: '--aum' } });
  return coefficient === null || assetsUnderManagement === null ? null : { coefficient, assetsUnderManagement };
}

/** Errors: Usage. */
export function executionOf(flags: FlagValues): ExecutionSettings {
  return {
    timing: isSet(flags, 'sameRow') ? 'same_row' : 'close',
    lagRows: integerFlag(flags, 'lag', 0),
    rebalance: choiceFlag(flags, 'rebalance', rebalanceRules, 'as_given'),
    holding: choiceFlag(flags, 'holding', ['drift', 'constant'], 'drift'),
    returnKind: choiceFlag(flags, 'returnKind', ['simple', 'log_sum'], 'simple'),
    turnoverFrom: choiceFlag(flags, 'turnoverFrom', ['held', 'target'], 'held'),
    slippageFraction: costFraction(flags, 'slippage'),
    commissionFraction: costFraction(flags, 'commission'),
    borrowRateAnnual: numberFlag(flags, 'borrowRate', 0),
    cashRateAnnual: numberFlag(flags, 'cashRate', 0),
    impact: impactOf(flags),
  };
}

/** The same number in both units. */
const inBothUnits = (name: string, fraction: number): string =>
  `${name} ${Number((fraction * basisPointsPerUnit).toPrecision(12))} bp (${fraction})`;

/** What is charged, in words. */
export function wordsOfCosts({ slippageFraction, commissionFraction, impact }: ExecutionSettings): string {
  const fees = [inBothUnits('slippage', slippageFraction), inBothUnits('commission', commissionFraction)].join(', ');
  return impact === null ? fees : `${fees}, impact ${impact.coefficient} at ${impact.assetsUnderManagement}`;
}

/** A date range and how the rows between are read. */
export const marketFlags: readonly Flag[] = [
  { flags: '--returns <file...>', summary: 'simple returns of the assets, CSV or parquet; an empty cell earns 0 and is counted' },
  { flags: '--prices <file...>', summary: 'daily closes instead: a return goes from one price to the next' },
  { flags: '--calendar <id>', summary: 'calendar of columns that name no exchange, such as CMES' },
  { flags: '--from <date>', summary: 'first row of the market' },
  { flags: '--as-of <date>', summary: 'last row of the market' },
];

/** Files of the market, and what they hold. Errors: Usage unless it is one of the two. */
export function marketKind(returns: readonly string[], prices: readonly string[]): 'returns' | 'prices' {
  if ((returns.length === 0) === (prices.length === 0))
    throw new LedgerError('Usage', 'give either --returns FILE... or --prices FILE...', { at: { path: '--returns' } });
  return returns.length > 0 ? 'returns' : 'prices';
}
