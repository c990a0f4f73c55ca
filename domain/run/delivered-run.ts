import type { CalendarId } from '../returns/calendar.ts';
import type { ReturnSeries, SymbolWeight } from '../returns/series.ts';
import type { RiskProfile } from '../risk/schemas.ts';
import type { Json } from '../shared/canonical-json.ts';

/** One profile of a sleeve run: what a meta portfolio of the same philosophy consumes. */
export interface DeliveredStream {
  /** Net out-of-sample returns. */
  readonly series: ReturnSeries;
  readonly weights: readonly SymbolWeight[] | null;
  /** Rows of the partial window that the stream ends with; 0 for none known. */
  readonly partialRows: number;
  /** Address of the returns. */
  readonly sha256: string;
}

/** Up to when a sleeve run speaks. */
export interface DataEnd {
  /** The last date of its grid; of an import or a message the last date of its stream. */
  readonly date: string;
  /** Symbols for which the grid ends before the prices of the universe do; empty when none is known. */
  readonly shortenedBy: readonly string[];
}

/** A recorded sleeve run, loaded for a meta run. */
export interface DeliveredRun {
  readonly runId: string;
  readonly sleeve: string;
  readonly profile: string;
  readonly asOf: string;
  readonly dataEnd: DataEnd;
  /** From when staleness counts: the end of its data, or its as-of date where nothing but untraded rows lies between. */
  readonly freshUntil: string;
  readonly correction: number;
  readonly eligibility: 'CERTIFIED' | 'DEGRADED';
  readonly currency: string;
  readonly currencyTreatment: 'hedged' | 'converted' | null;
  readonly calendars: readonly CalendarId[];
  /** What parity compares, by the names of leaves, as the run's own manifest has it. */
  readonly parityLeaves: Readonly<Record<string, Json>>;
  /** Those of them that came after the run and have their neutral value. */
  readonly unstated: readonly string[];
  /** The selection mode in force; null leaves it to what the leaves say. */
  readonly selectionMode: string | null;
  /** Addresses of the returns of all its profiles, in code-unit order: part of the identity of what consumes it. */
  readonly artifacts: readonly string[];
  /** Of the profiles that were asked for. */
  readonly streams: ReadonlyMap<RiskProfile, DeliveredStream>;
}

export function pathKey(path: readonly string[]): string {
  return path.join('/');
}
