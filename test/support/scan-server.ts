/**
 * A server of the scan protocol that misbehaves by its address: `/f/<fault>[:n]/<market>/scan`, or `/<market>/scan` where it behaves. It
 * does what the server of the worked examples does (test/golden/scan/server-expected.json), with rows of its own.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Value = string | number | null;
type Row = { readonly symbol: string; readonly values: Readonly<Record<string, Value>> };

interface Body {
  readonly columns: readonly string[];
  readonly range: readonly [number, number];
  readonly filter: readonly { readonly left: string; readonly operation: string; readonly right?: unknown }[];
  readonly sort?: { readonly sortBy: string; readonly sortOrder: 'asc' | 'desc' };
}

/** 2,052 funds, as many as the worked examples have: symbols and values by a fixed rule. */
export function serverRows(count = 2_052): Row[] {
  return Array.from({ length: count }, (_, index) => {
    const ticker = `F${String(index).padStart(4, '0')}`;
    const values = {
      name: ticker,
      type: 'fund',
      close: 10 + index,
      ADX: (index * 7) % 40,
      'Value.Traded': 5_000_000_000 - index * 1_000_003,
    };
    return { symbol: `AMEX:${ticker}`, values };
  });
}

interface Fault {
  readonly name: string;
  readonly parameter: string;
}

const known = new Set([
  'name',
  'type',
  'close',
  'ADX',
  'Value.Traded',
  'volume',
  'change',
  'Volatility.D',
  'volume_change',
  'ROC',
  'Recommend.All',
  'Recommend.MA',
  'Recommend.Other',
]);

function matching(rows: readonly Row[], { filter, sort }: Body, fault: Fault): Row[] {
  const kept = rows.filter(({ values }) =>
    filter.every(({ left, operation, right }) => {
      const value = values[left] ?? null;
      if (fault.name === 'nofilter') return true;
      if (operation === 'greater') return typeof value === 'number' && value > (right as number);
      return operation === 'in_range' ? (right as readonly unknown[]).includes(value) : value === right;
    }),
  );
  if (fault.name === 'homonym') kept.push(...kept.map((row) => homonymOf(row, fault.parameter)));
  if (sort === undefined) return kept;
  const sign = sort.sortOrder === 'asc' ? 1 : -1;
  return kept.toSorted((left, right) => sign * ((left.values[sort.sortBy] as number) - (right.values[sort.sortBy] as number)));
}

function homonymOf({ symbol, values }: Row, exchange: string): Row {
  const traded = values['Value.Traded'] as number;
  return { symbol: `${exchange}:${symbol.split(':')[1]!}`, values: { ...values, 'Value.Traded': traded / 100 } };
}

function pageOf(all: readonly Row[], body: Body, fault: Fault): Row[] {
  let [low, high] = body.range;
  const size = high - low;
  if (fault.name === 'swappages' && all.length > size) {
    low = Math.floor(low / size) % 2 === 0 && low + size < all.length ? low + size : Math.max(0, low - size);
    high = low + size;
  }
  let page = all.slice(low, high);
  if (fault.name === 'truncate') page = page.slice(0, page.length - Math.max(1, Number(fault.parameter)));
  if (fault.name === 'shortlast' && high >= all.length) page = page.slice(0, -1);
  if (fault.name === 'misorder') page = [page[0]!, page.at(-2)!, ...page.slice(2, -2), page[1]!, page.at(-1)!];
  if (fault.name === 'dup' && low > 0) page = [all[low - 1]!, ...page.slice(0, -1)];
  return page;
}

function dataOf(page: readonly Row[], { columns }: Body, fault: Fault): { s: string; d: Value[] }[] {
  const order = fault.name === 'permcols' ? columns.toSorted() : columns;
  return page.map(({ symbol, values }, index) => {
    let d = order.map((column) => values[column] ?? null);
    if (fault.name === 'shift') d = [...d.slice(1), d[0]!];
    if (fault.name === 'shortd' && index % 3 === 2) d.pop();
    if (fault.name === 'longd' && index % 3 === 2) d.push(null);
    if (fault.name === 'strnum') d = d.map((value, place) => (columns[place] === 'Value.Traded' ? String(value) : value));
    return { s: symbol, d };
  });
}

function answerOf(rows: readonly Row[], body: Body, fault: Fault, asked: number): { readonly text: string; readonly promised?: number } {
  const all = matching(rows, body, fault);
  const data = fault.name === 'empty' ? [] : fault.name === 'nulldata' ? null : dataOf(pageOf(all, body, fault), body, fault);
  const text = JSON.stringify({ totalCount: all.length + (fault.name === 'drift' ? asked : 0), data });
  if (fault.name === 'badjson') return { text: text.slice(0, text.length / 2) };
  if (fault.name === 'html') return { text: '<html><body>Please verify that you are human</body></html>' };
  if (fault.name === 'nan') return { text: text.replace(/:\d+,"data"/, ':NaN,"data"') };
  if (fault.name === 'cut') return { text: text.slice(0, text.length / 2), promised: text.length };
  return { text };
}

async function bodyOf(request: IncomingMessage): Promise<Body> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return JSON.parse(Buffer.concat(pieces).toString('utf8')) as Body;
}

export class MisbehavingScanServer {
  /** Ranges of the requests that were answered by a page, in order. */
  readonly ranges: (readonly [number, number])[] = [];
  readonly #server: Server;
  readonly #asked = new Map<string, number>();

  constructor(rows: readonly Row[] = serverRows()) {
    this.#server = createServer((request, response) => void this.#serve(rows, request, response));
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(rows: readonly Row[], request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const [, name = 'ok', parameter = ''] = /^\/f\/([a-z0-9]+):?([^/]*)\//.exec(request.url!) ?? [];
    const asked = (this.#asked.get(request.url!) ?? 0) + 1;
    this.#asked.set(request.url!, asked);
    const isAtFault = parameter === '-1' || asked <= Number(parameter);
    if (/^\d+$/.test(name) && isAtFault) {
      response.writeHead(Number(name), name === '429' ? { 'retry-after': '0' } : {}).end('{"error":"busy"}');
      return;
    }
    if (name === 'hang' && isAtFault) return;
    if (name === 'drop' && isAtFault) {
      request.socket.destroy();
      return;
    }
    const strange = body.columns.find((column) => !known.has(column));
    if (strange !== undefined) {
      response.writeHead(400).end(JSON.stringify({ totalCount: 0, error: `Unknown field "${strange}"`, data: null }));
      return;
    }
    this.ranges.push(body.range);
    const { text, promised } = answerOf(rows, body, { name, parameter }, asked);
    response.writeHead(200, promised === undefined ? {} : { 'content-length': promised });
    response.end(text, () => (promised === undefined ? undefined : request.socket.destroy()));
  }
}
