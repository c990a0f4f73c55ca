import type { Suspicion } from './accepted-moves.ts';
import { unusualMoves, type UnusualMove } from './extreme-moves.ts';
import { integrityPolicy as policy } from './integrity-policy.ts';
import type { ReturnSeries } from './series.ts';
import type { SymbolPrices } from './symbol-prices.ts';
import { suspectUnits, suspectUnitsOfCloses } from './units.ts';
import type { FindingSink } from './verdict.ts';

const shown = (value: number): string => String(Number(value.toPrecision(6)));

function percentOf(ratio: number): string {
  const percent = (ratio - 1) * 100;
  return `${percent > 0 ? '+' : ''}${Number(percent.toPrecision(4))} %`;
}

function moveMessage({ code, ratio, deviations, parts }: UnusualMove, symbol: string, date: string, from: string): string {
  const size = Number.isFinite(deviations) ? `${shown(Number(deviations.toFixed(1)))} robust deviations` : 'nothing else moves';
  const base = `${symbol} moves ${from}${percentOf(ratio)} on ${date} (ratio ${shown(ratio)}, ${size})`;
  switch (code) {
    case 'split_suspected':
      return `${base}: an unadjusted split, ${ratio < 1 ? `1 into ${parts}` : `${parts} into 1`}?`;
    case 'spike_suspected':
      return `${base} and is back the next session: a wrong price?`;
    case 'extreme_move':
      return base;
  }
}

/** Unusual moves and the unit of one symbol's closes, reported and returned. */
export function suspectPrices(series: SymbolPrices, findings: FindingSink): Suspicion[] {
  const { file, symbol, dates, prices } = series;
  if (prices.length < 2) return [];
  const ratios = Float64Array.from(prices.subarray(1), (price, place) => price / prices[place]!);
  findings.looked('unusual_moves', ratios.length > policy.moveRowsMin ? ratios.length : 0);
  findings.looked('units', ratios.length >= policy.unitsRowsMin ? 1 : 0);
  const moves = unusualMoves(ratios, policy).map((move): Suspicion => {
    const { code, place, ratio } = move;
    const date = dates[place + 1]!;
    const message = moveMessage(move, symbol, date, `from ${shown(prices[place]!)} to ${shown(prices[place + 1]!)}, `);
    findings.add(code, { file, line: series.lineAt(place + 1), symbol, date, value: ratio, message });
    return { code, symbol, date, value: ratio, message };
  });
  const isSound = prices.every((price) => price > 0 && Number.isFinite(price));
  const units = isSound
    ? suspectUnitsOfCloses(
        ratios.map((ratio) => ratio - 1),
        policy,
      )
    : null;
  if (units === null) return moves;
  const date = dates.at(-1)!;
  const message = `the closes of ${symbol} look compounded from percent? ${units.why}`;
  findings.add('units_suspected', { file, symbol, date, value: units.value, message });
  return [...moves, { code: 'units_suspected', symbol, date, value: units.value, message }];
}

/** The same of returns that somebody else computed, under the name of their series. One that loses everything fails by itself. */
export function suspectReturns(name: string, { dates, values }: ReturnSeries, daysPerYear: number | null): Suspicion[] {
  if (values.some((value) => !(value > -1))) return [];
  const ratios = values.map((value) => 1 + value);
  const moves = unusualMoves(ratios, policy).map((move): Suspicion => {
    const { code, place, ratio } = move;
    const date = dates[place]!;
    return { code, symbol: name, date, value: ratio, message: moveMessage(move, name, date, '') };
  });
  const units = suspectUnits(values, daysPerYear, policy);
  if (units === null) return moves;
  const message = `the returns of ${name} look like percent? ${units.why}`;
  return [...moves, { code: 'units_suspected', symbol: name, date: dates.at(-1)!, value: units.value, message }];
}
