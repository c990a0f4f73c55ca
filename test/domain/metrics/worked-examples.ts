import type { ReturnSeries } from '../../../domain/returns/series.ts';
import tearSheet from '../../golden/metrics/tear-sheet.json' with { type: 'json' };

export function seriesOf(byDate: Readonly<Record<string, number>>): ReturnSeries {
  return { dates: Object.keys(byDate), values: Float64Array.from(Object.values(byDate)) };
}

/** Five months of returns beside a benchmark, with every figure as a second implementation in Python has it. */
export const worked = {
  opened: tearSheet.opened,
  annualisationDays: tearSheet.A,
  returns: seriesOf(tearSheet.returns),
  benchmark: seriesOf(tearSheet.benchmark),
  expected: tearSheet.expected,
};

/** Greatest difference relative to the larger of 1 and the figure. */
export function gap(actual: number | null, expected: number): number {
  return actual === null ? Number.POSITIVE_INFINITY : Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
}
