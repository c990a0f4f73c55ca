/** Sleeve results as a desk sends them, and the messages around them. */
import type { Json } from '../../domain/shared/canonical-json.ts';
import { sleeveResultType } from '../../handlers/messages/event-types.ts';
import type { SleeveResult } from '../../handlers/messages/sleeve-result.ts';
import type { MessageSink, MessageToSend, ReceivedMessage } from '../../handlers/ports/ports.ts';
import type { Session } from '../../handlers/runtime/session.ts';
import { streams } from '../../handlers/runtime/streams.ts';
import { dailyReturns } from './imported-run.ts';

export interface ResultChange extends Partial<SleeveResult> {
  readonly seed?: number;
  readonly rows?: number;
}

/** A result as plain data: ninety days of returns of a crypto sleeve up to its as-of date, one profile. */
export function sleeveResult({ seed = 1, rows = 90, ...change }: ResultChange = {}): SleeveResult {
  const asOf = change.asOf ?? '2024-03-30';
  const { dates, values } = dailyReturns(seed, rows, '2024-01-01');
  return {
    sleeve: 'coins',
    asOf,
    correction: 0,
    currency: 'USD',
    currencyTreatment: null,
    definition: {
      'backtest.train_window': 60,
      'backtest.test_window': 20,
      'backtest.step_size': 20,
      'backtest.rebalance_mode': 'window',
      'data.lookback_days': 500,
      'backtest.backtest_simulator': 'custom',
      'backtest.backtest_slippage': 0.001,
      'backtest.backtest_commission': 0.0004,
      'features.selection_mode': 'none',
    },
    selectionMode: null,
    integrity: { status: 'passed', detail: '0 errors' },
    signTest: { status: 'not_applicable', detail: 'no synthetic short streams' },
    origin: { system: 'desk', runId: `desk-${seed}`, ledgerId: null, runHash: null, eligibility: null },
    profiles: [
      {
        risk: 'hrp',
        weights: [
          { symbol: 'BINANCE:BTCUSDT', weight: 0.6 },
          { symbol: 'BINANCE:ETHUSDT', weight: 0.4 },
        ],
        returns: { dates: [...dates], values: [...values] },
      },
    ],
    ...change,
  };
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

export type Place = Partial<Pick<ReceivedMessage, 'topic' | 'partition' | 'offset' | 'brokerTimeMs'>>;

/** A message with any value and headers. */
export function rawMessage(
  key: string | Uint8Array | null,
  value: string | Uint8Array | null,
  headers: Readonly<Record<string, string>> = { 'content-type': 'application/cloudevents+json' },
  place: Place = {},
): ReceivedMessage {
  return {
    topic: 'sleeve-results.v1',
    partition: 0,
    offset: '0',
    brokerTimeMs: 0,
    ...place,
    key: typeof key === 'string' ? bytes(key) : key,
    value: typeof value === 'string' ? bytes(value) : value,
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, bytes(text)])),
  };
}

export function structuredText(data: Json | SleeveResult, attributes: Readonly<Record<string, Json>> = {}): string {
  return JSON.stringify({
    specversion: '1.0',
    id: 'id-1',
    source: '/desk',
    type: sleeveResultType,
    datacontenttype: 'application/json',
    ...attributes,
    data,
  });
}

/** A result in structured mode under its sleeve's key. */
export function resultMessage(result: SleeveResult, place: Place = {}): ReceivedMessage {
  return rawMessage(result.sleeve, structuredText(result), undefined, place);
}

/** A result in binary mode. */
export function binaryMessage(result: SleeveResult, place: Place = {}, headers: Readonly<Record<string, string>> = {}): ReceivedMessage {
  return rawMessage(
    result.sleeve,
    JSON.stringify(result),
    { 'content-type': 'application/json', ce_specversion: '1.0', ce_type: sleeveResultType, ce_source: '/desk', ce_id: 'id-1', ...headers },
    place,
  );
}

/** What `manifest apply` records. */
export async function defineSleeve(session: Session, sleeve: string, grossMax: number | null = null): Promise<void> {
  const number = ((await streams.sleeve.state(session, sleeve)).definition?.number ?? 0) + 1;
  await streams.sleeve.handle(session, sleeve, { kind: 'DefineSleeve', sleeve, profile: sleeve, number, expectedBy: null, grossMax });
}

/** A topic in memory. */
export class SentMessages implements MessageSink {
  readonly sent: { readonly topic: string; readonly message: MessageToSend }[] = [];

  async send(topic: string, messages: readonly MessageToSend[]): Promise<void> {
    for (const message of messages) this.sent.push({ topic, message });
  }

  /** The CloudEvents sent, as their readers see them. */
  get events(): Record<string, Json>[] {
    return this.sent.map(({ message }) => JSON.parse(new TextDecoder().decode(message.value)) as Record<string, Json>);
  }

  async close(): Promise<void> {}
}
