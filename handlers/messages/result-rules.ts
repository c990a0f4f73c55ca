import type { z } from 'zod';
import { joinPath } from '../../domain/manifest/json-positions.ts';
import { physicalSymbol } from '../../domain/allocation/flatten.ts';
import { calendarOfSymbol } from '../../domain/returns/calendar.ts';
import { parseDay } from '../../domain/returns/days.ts';
import type { ReturnSeries, SymbolWeight } from '../../domain/returns/series.ts';
import { limits } from '../../domain/shared/limits.ts';
import { isReferenced, type ResultProfile, type SleeveResult, sleeveResultSchema } from './sleeve-result.ts';
import { refuseMessage } from './strict-json.ts';

/** Errors: MessageInvalid; ExchangeUnknown. */
function assertWeights(weights: readonly SymbolWeight[], path: string): void {
  const seen = new Set<string>();
  for (const [index, { symbol, weight }] of weights.entries()) {
    const at = `${path}[${index}]`;
    if (symbol.length > 200 || /[\s",\p{Cc}\p{Cf}]/u.test(symbol)) refuseMessage('no symbol', `${at}.symbol`);
    if (seen.has(symbol)) refuseMessage(`${symbol} stands twice`, `${at}.symbol`);
    seen.add(symbol);
    const physical = physicalSymbol(symbol).symbol;
    calendarOfSymbol(physical, `${at}.symbol`);
    // A short atom stands inside its sleeve as a long position in a turned stream: a negative weight would turn it once more.
    if (physical !== symbol && weight < 0) refuseMessage(`${symbol} is a strategy atom with the negative weight ${weight}; its stream already carries the sign`, `${at}.weight`);
  }
}

/**
 * What holds for returns from wherever they come: as many values as dates, sessions that exist and ascend up to the as-of date, no loss of
 * everything, and a product that is still a number. Errors: MessageInvalid.
 */
export function assertReturns({ dates, values }: { readonly dates: readonly string[]; readonly values: ArrayLike<number> }, asOf: string, path: string): void {
  if (dates.length !== values.length) refuseMessage(`${dates.length} dates and ${values.length} values`, path);
  let wealth = 1;
  for (const [row, date] of dates.entries()) {
    if (parseDay(date) === null) refuseMessage(`${date} is no date`, `${path}.dates[${row}]`);
    if (row > 0 && date <= dates[row - 1]!) refuseMessage(`${date} does not come after ${dates[row - 1]}`, `${path}.dates[${row}]`);
    const value = values[row]!;
    if (!(value > -1)) refuseMessage(`the return ${value} loses everything`, `${path}.values[${row}]`);
    wealth *= 1 + value;
  }
  if (!Number.isFinite(wealth)) refuseMessage('the returns compound beyond any number', `${path}.values`);
  const last = dates.at(-1)!;
  if (last > asOf) refuseMessage(`returns up to ${last} in a result as of ${asOf}`, `${path}.dates`);
}

function assertProfiles(profiles: readonly ResultProfile[], asOf: string): void {
  const seen = new Set<string>();
  let cells = 0;
  for (const [index, { risk, weights, returns }] of profiles.entries()) {
    const path = `profiles[${index}]`;
    if (seen.has(risk)) refuseMessage(`${risk} stands twice`, `${path}.risk`);
    seen.add(risk);
    if (weights !== null) assertWeights(weights, `${path}.weights`);
    if (isReferenced(returns)) continue;
    assertReturns(returns, asOf, `${path}.returns`);
    cells += returns.values.length;
  }
  if (cells > limits.messageReturnCellsMax) refuseMessage(`${cells} returns inline, at most ${limits.messageReturnCellsMax}; larger ones go by artifact reference`, 'profiles');
}

/** The problem to tell: of a choice of forms, that of the form which went furthest before it failed. */
function problemIn(issue: z.core.$ZodIssue, above: readonly PropertyKey[] = []): { readonly message: string; readonly path: readonly PropertyKey[] } {
  const path = [...above, ...issue.path];
  if (issue.code !== 'invalid_union') return { message: issue.message, path };
  const deepest = issue.errors.flatMap((form) => form.slice(0, 1)).reduce<z.core.$ZodIssue | null>((best, form) => (best === null || form.path.length > best.path.length ? form : best), null);
  return deepest === null ? { message: issue.message, path } : problemIn(deepest, path);
}

/** Reads and checks the data of a sleeve result. Errors: MessageInvalid with the path; ExchangeUnknown. */
export function readSleeveResult(data: unknown): SleeveResult {
  const parsed = sleeveResultSchema.safeParse(data);
  if (!parsed.success) {
    const { message, path } = problemIn(parsed.error.issues[0]!);
    return refuseMessage(message, joinPath(path));
  }
  const result = parsed.data;
  if (parseDay(result.asOf) === null) refuseMessage(`${result.asOf} is no date`, 'asOf');
  assertProfiles(result.profiles, result.asOf);
  return result;
}

/** Inline returns as a series. */
export function inlineSeries(returns: { readonly dates: readonly string[]; readonly values: readonly number[] }): ReturnSeries {
  return { dates: returns.dates, values: Float64Array.from(returns.values) };
}
