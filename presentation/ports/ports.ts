/**
 * What presentation asks of the world and handlers never use. Adapters in `infra/` implement these types; `bin/` hands them in.
 */
import type { Holding } from '../../domain/allocation/trades.ts';

/** Bytes of a holdings file; `file` is named in refusals. Pure. Errors: HoldingsInvalid, LimitExceeded. */
export type HoldingsParser = (bytes: Uint8Array, file: string) => readonly Holding[];

export interface ChartFrame {
  /** Prefix of every id in the drawing, so that several stand in one page. */
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

export interface LineChart extends ChartFrame {
  /** Categories of the horizontal axis, one per value. */
  readonly dates: readonly string[];
  readonly series: readonly { readonly name: string; readonly values: readonly number[]; readonly emphasised: boolean }[];
}

/** Horizontal bars stacked along each category; values are decimal fractions, shown as percent. */
export interface BarChart extends ChartFrame {
  readonly categories: readonly string[];
  readonly series: readonly { readonly name: string; readonly values: readonly number[] }[];
}

/**
 * Drawings as inline SVG: no script, no style element, no external reference, and the same bytes for the same input. Colours are custom
 * properties of the page: `--chart-ink`, `--chart-rule` and, for the series in order, `--chart-1` to `--chart-8`.
 */
export interface Charts {
  lineChart(chart: LineChart): Promise<string>;
  barChart(chart: BarChart): Promise<string>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Answered to GET and HEAD; another method is refused before its body is read. */
export interface HttpRoute {
  readonly path: string;
  readonly answer: () => Promise<HttpAnswer>;
}

/** Metrics as monitoring reads them. */
export interface MetricsExposition {
  readonly contentType: string;
  /** All series in the text format that `contentType` names. */
  exposition(): Promise<string>;
}

/** What the program runs on. */
export interface Platform {
  readonly name: string;
  readonly version: string;
  readonly needs: string;
  readonly supported: boolean;
}

/** Everything that presentation asks for beside the ports of the handlers. */
export interface PresentationPorts {
  readonly charts: Charts;
  readonly parseHoldings: HoldingsParser;
  readonly platform: Platform;
}
