import { xnysSessionsBetween } from '../returns/calendar.ts';
import { dayNumberOf } from '../returns/days.ts';
import type { DataEnd } from './delivered-run.ts';

/** Of a run with a grid of its own. */
export function gridEnd({
  grid,
  shortened,
}: {
  readonly grid: { readonly last: string };
  readonly shortened: { readonly by: readonly { readonly symbol: string }[] } | null;
}): DataEnd {
  return { date: grid.last, shortenedBy: shortened === null ? [] : shortened.by.map(({ symbol }) => symbol) };
}

/** Of an import or a message, which speaks through its streams alone. */
export function streamEnd({ last }: { readonly last: string }): DataEnd {
  return { date: last, shortenedBy: [] };
}

/** Where the data of the sleeves of a portfolio end, beside its as-of date. */
export interface SleeveDataEnd extends DataEnd {
  /** Path of the sleeve. */
  readonly sleeve: string;
}

export interface PortfolioDataEnd {
  /** The earliest of its sleeves' data ends. */
  readonly date: string;
  readonly asOf: string;
  /** Calendar days from there to the as-of date. */
  readonly daysBefore: number;
  /** Sleeves that end there, each with the symbols that shortened it. */
  readonly by: readonly SleeveDataEnd[];
}

/** What ends the data of a portfolio. One sleeve at least. */
export function portfolioDataEnd(ends: readonly SleeveDataEnd[], asOf: string): PortfolioDataEnd {
  const date = ends.map((end) => end.date).reduce((first, next) => (next < first ? next : first));
  return { date, asOf, daysBefore: Math.max(0, dayNumberOf(asOf) - dayNumberOf(date)), by: ends.filter((end) => end.date === date) };
}

const listed = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;

const counted = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** One line for the head of an answer. */
export function dataEndText({ date, asOf, daysBefore, by }: PortfolioDataEnd): string {
  if (daysBefore === 0) return `Data up to ${date}, the as-of date.`;
  const sleeves = by.map(({ sleeve, shortenedBy }) => (shortenedBy.length === 0 ? sleeve : `${sleeve} (${listed(shortenedBy)})`));
  const sessions = xnysSessionsBetween(date, asOf);
  const behind = `${counted(daysBefore, 'calendar day')}, ${counted(sessions, 'New York session')}`;
  return `Data up to ${date}, ${behind} before the as-of date ${asOf}; they end with ${listed(sleeves)}.`;
}
