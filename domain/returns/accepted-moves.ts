import { z } from 'zod';
import { byCodeUnits } from '../shared/order.ts';
import { canonicalSymbol } from '../shared/symbol.ts';
import { parseDay } from './days.ts';
import type { MoveCode } from './extreme-moves.ts';

/**
 * A move, or the unit of a series, that somebody has looked at and found right. `symbol` is the series: a symbol of the prices, or the
 * risk profile or sleeve of returns that were taken over. Without a date it is the unit of the series that is accepted.
 */
export const acceptedMoveSchema = z.strictObject({
  symbol: z
    .string()
    .overwrite((name) => (name.includes(':') ? canonicalSymbol(name) : name))
    .min(1)
    .max(200),
  date: z
    .string()
    .refine((text) => parseDay(text) !== null, 'must be a date, yyyy-mm-dd')
    .optional(),
  why: z.string().min(1).max(500),
});
export type AcceptedMove = z.infer<typeof acceptedMoveSchema>;

/** Something unusual in one series. */
export interface Suspicion {
  readonly code: MoveCode | 'units_suspected';
  readonly symbol: string;
  /** Of the move; for units, of the last row. */
  readonly date: string;
  readonly value: number;
  readonly message: string;
}

export interface AcceptedSuspicion extends Suspicion {
  readonly why: string;
}

/** What was found unusual, what of it somebody accepted, and what of the rest degrades the run. */
export interface JudgedSuspicions {
  readonly all: readonly Suspicion[];
  readonly accepted: readonly AcceptedSuspicion[];
  readonly open: readonly Suspicion[];
}

/** Whether a line speaks of a finding; `others` are names of the whole that the series belongs to. */
function speaksOf(line: AcceptedMove, { code, symbol, date }: Suspicion, others: readonly string[]): boolean {
  if (line.symbol !== symbol && !others.includes(line.symbol)) return false;
  return code === 'units_suspected' ? line.date === undefined || line.date === date : line.date === date;
}

/** An extreme move is shown and degrades nothing; a suspected split, spike or unit does until it is accepted. */
export function judgeSuspicions(
  all: readonly Suspicion[],
  lines: readonly AcceptedMove[],
  others: readonly string[] = [],
): JudgedSuspicions {
  const accepted = all.flatMap((suspicion) => {
    const line = lines.find((candidate) => speaksOf(candidate, suspicion, others));
    return line === undefined ? [] : [{ ...suspicion, why: line.why }];
  });
  const isOpen = (suspicion: Suspicion): boolean =>
    suspicion.code !== 'extreme_move' && !lines.some((line) => speaksOf(line, suspicion, others));
  return { all, accepted, open: all.filter(isOpen) };
}

export interface UnmetLine {
  readonly line: AcceptedMove;
  readonly message: string;
}

/** Lines that speak of nothing, and what there is instead. */
export function unmetLines({ all, open }: JudgedSuspicions, lines: readonly AcceptedMove[], others: readonly string[] = []): UnmetLine[] {
  const unmet = lines.filter((line) => !all.some((suspicion) => speaksOf(line, suspicion, others)));
  return unmet.map((line) => {
    const named = line.date === undefined ? `the unit of ${line.symbol}` : `a move of ${line.symbol} on ${line.date}`;
    const same = open.filter(({ symbol }) => symbol === line.symbol);
    const suggested = (same.length > 0 ? same : open)
      .map(({ symbol, code, date }) => `${symbol} ${code === 'units_suspected' ? '(unit)' : date}`)
      .toSorted(byCodeUnits)
      .slice(0, 3);
    const instead = suggested.length === 0 ? 'nothing that is judged here needs it' : `what needs it is ${suggested.join(', ')}`;
    return { line, message: `data.accept_moves names ${named}, where nothing is found; ${instead}` };
  });
}
