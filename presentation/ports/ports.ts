/**
 * What presentation asks of the world and handlers never use. Adapters in `infra/` implement these types; `bin/` hands them in.
 */
import type { HeldFile } from '../../domain/allocation/held.ts';
import type { LotSizes } from '../../domain/allocation/orders.ts';
import type { CsvAsked } from '../../domain/shared/csv-reading.ts';

/** What a column of a holdings file holds. */
export type HoldingField = 'symbol' | 'quantity' | 'price' | 'multiplier' | 'notional' | 'currency' | 'type';

/** What somebody says of a holdings file; null is the plain layout. */
export interface HoldingsAsked extends CsvAsked {
  /** Name of a broker's layout. */
  readonly preset: string | null;
  /** Name of the file's column for each part. */
  readonly columns: Partial<Readonly<Record<HoldingField, string>>> | null;
}

/** Holdings files. */
export interface HoldingsReader {
  readonly presets: readonly string[];
  readonly fields: readonly HoldingField[];
  /** Bytes of a file as what is held; `file` is named in refusals. Pure. Errors: HoldingsInvalid, LimitExceeded. */
  parse(bytes: Uint8Array, file: string, asked: HoldingsAsked): HeldFile;
  /** Lot sizes, `symbol,lot`. Pure. Errors: HoldingsInvalid, LimitExceeded. */
  parseLots(bytes: Uint8Array, file: string): LotSizes;
}

/** Numbers by row and column, both named; NaN for an empty cell. */
export interface NamedTable {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** By column. */
  readonly values: readonly Float64Array[];
}

/** Bytes of separated text as such a table; `file` is named in refusals. Pure. Errors: PositionsFileUnreadable, LimitExceeded. */
export type NamedTableParser = (bytes: Uint8Array, file: string, asked: CsvAsked) => NamedTable | Promise<NamedTable>;

export interface ChartFrame {
  /** Prefix of every id in the drawing, so that several stand in one page. */
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

/** How the numbers of an axis are written: 1.25, or 125 %. */
export type ChartUnit = 'ratio' | 'percent';

export interface LineChart extends ChartFrame {
  /** Categories of the horizontal axis, one per value. */
  readonly dates: readonly string[];
  readonly unit: ChartUnit;
  /** On a scale of doublings equal distances are equal factors; its values are positive. */
  readonly scale: 'even' | 'doubling';
  /** A line is broken where a value is null. */
  readonly series: readonly { readonly name: string; readonly values: readonly (number | null)[]; readonly emphasised: boolean }[];
}

/** Areas on top of one another, positive ones upwards from 0 and negative ones downwards; values are shown as percent. */
export interface StackChart extends ChartFrame {
  readonly dates: readonly string[];
  readonly series: readonly { readonly name: string; readonly values: readonly number[] }[];
}

/** A dendrogram that lies on its side: leaves one below the other, heights from left to right. */
export interface TreeChart extends ChartFrame {
  /** From top to bottom. */
  readonly leaves: readonly string[];
  /** Each merge as a bracket: the two branches by their place among the leaves and the height at which they begin. */
  readonly merges: readonly {
    readonly height: number;
    readonly branches: readonly [{ readonly place: number; readonly height: number }, { readonly place: number; readonly height: number }];
  }[];
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
  stackChart(chart: StackChart): Promise<string>;
  treeChart(chart: TreeChart): Promise<string>;
  barChart(chart: BarChart): Promise<string>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface HttpRequest {
  readonly query: URLSearchParams;
  /** Empty for a route without bodies. */
  readonly body: string;
}

/** Answered to GET and HEAD, or to POST where bodies are taken; another method is refused before its body is read. */
export interface HttpRoute {
  readonly path: string;
  /** Left out where there is no body. */
  readonly bodyBytesMax?: number;
  readonly answer: (request: HttpRequest) => Promise<HttpAnswer>;
}

/** A route that asks nothing of its request. */
export interface PlainHttpRoute extends HttpRoute {
  readonly answer: () => Promise<HttpAnswer>;
}

/** A request of the API, its body taken in whole. */
export interface ApiRequest {
  readonly method: string;
  /** With its query, as it was asked for. */
  readonly target: string;
  /** Parts of the path, by name, decoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Names in lower case; of several headers of one name the values behind commas. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
  /** Address of whoever is connected; behind a proxy, of whoever asked that. */
  readonly peer: string;
  /** Scheme, name and port under which the asker reached this server, as a browser writes its origin. */
  readonly origin: string;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

export interface ApiAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parts are sent as fast as they are read, and no faster. */
  readonly body: string | Uint8Array | AsyncIterable<Uint8Array>;
}

/** A request before its body has been read. */
export type ApiRequestHead = Omit<ApiRequest, 'body'>;

/** Refused at once, or answered when the whole of it is there. */
export type ApiAdmission = { readonly refusal: ApiAnswer } | { readonly answer: (request: ApiRequest) => Promise<ApiAnswer> };

/** One method of one path of the API. */
export interface ApiEndpoint {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Parts in braces are parameters: `/v1/portfolios/{meta}/weights`. */
  readonly path: string;
  /** 0 where none is taken. */
  readonly bodyBytesMax: number;
  /** Answers everything, refusals too; rejects only for a fault of ours. */
  readonly answer: (request: ApiRequest) => Promise<ApiAnswer>;
  /** Where there is a body: whether it is read at all. What this answers stands for `answer`; left out, every body is read. */
  readonly admit?: (request: ApiRequestHead) => Promise<ApiAdmission>;
}

/** A file of the page as it was built. */
export interface PageFile {
  /** Below the folder of the page, with slashes. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The same under brotli; null where it was not compressed. */
  readonly compressed: Uint8Array | null;
  /** Of its bytes, in hexadecimal. */
  readonly sha256: string;
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
  readonly holdings: HoldingsReader;
  readonly namedTables: NamedTableParser;
  readonly platform: Platform;
}
