import type { Json } from '../../../domain/shared/canonical-json.ts';
import { sleeveResultType } from '../../../handlers/messages/event-types.ts';
import type { SleeveResult } from '../../../handlers/messages/sleeve-result.ts';
import type { MessageLine } from '../support/ledger-folder.ts';
import { firstDate, returnsUpTo, secondDate } from './inputs.ts';

const structured = { 'content-type': 'application/cloudevents+json' };
const binary = { 'content-type': 'application/json', ce_specversion: '1.0', ce_type: sleeveResultType, ce_source: '/desk', ce_id: 'id-1' };

/** A result as a desk sends it: a hundred days of returns up to its date, two profiles. */
function result(sleeve: string, asOf: string, seed: number, change: Partial<SleeveResult> = {}): SleeveResult {
  const profiles = (['hrp', 'equal_weight'] as const).map((risk, index) => {
    const { dates, values } = returnsUpTo(asOf, 100, seed + index);
    const first = risk === 'hrp' ? 0.7 : 0.5;
    return {
      risk,
      weights: [
        { symbol: 'BINANCE:BTCUSDT', weight: first },
        { symbol: 'BINANCE:ETHUSDT', weight: 1 - first },
      ],
      returns: { dates: [...dates], values: [...values] },
    };
  });
  const definition = {
    'backtest.train_window': 60,
    'backtest.test_window': 20,
    'backtest.step_size': 20,
    'backtest.rebalance_mode': 'window',
    'data.lookback_days': 201,
  };
  const told = {
    selectionMode: null,
    integrity: { status: 'passed', detail: '0 errors' },
    signTest: { status: 'not_applicable', detail: 'no synthetic short streams' },
  } as const;
  return {
    sleeve,
    asOf,
    correction: 0,
    currency: 'USD',
    currencyTreatment: null,
    definition,
    ...told,
    origin: { system: 'desk', runId: `${sleeve}-${seed}`, ledgerId: null, runHash: null, eligibility: null },
    profiles,
    ...change,
  };
}

const event = (data: Json | SleeveResult): string =>
  JSON.stringify({ specversion: '1.0', id: 'id-1', source: '/desk', type: sleeveResultType, datacontenttype: 'application/json', data });

type Sent = Omit<MessageLine, 'topic' | 'partition' | 'offset'>;
const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

function sent(about: string, key: string | null, body: string | null, headers: Readonly<Record<string, string>> = structured): Sent {
  return { about, keyBase64: key === null ? null : base64(key), headers, bodyBase64: body === null ? null : base64(body) };
}

const ofDesk = (about: string, of: SleeveResult): Sent => sent(about, of.sleeve, event(of));
const early = result('desk_late', firstDate, 71);

/** What `produce` wrote of our own runs: one comes back as it is, one is told by another desk that knows our artifacts. */
export interface Produced {
  readonly own: string;
  readonly byReference: string;
}

function byReference(text: string): string {
  const message = JSON.parse(text) as { data: SleeveResult };
  const origin = { ...message.data.origin, ledgerId: null, runHash: null, runId: null };
  return event({ ...message.data, sleeve: 'desk_reference', profile: 'desk_reference', origin });
}

/** While the first manifest is in force. */
const firstDelivery = ({ own, byReference: text }: Produced): readonly Sent[] => [
  ofDesk('a result', result('desk_eu', firstDate, 11)),
  sent('the same result again, in binary mode', 'desk_eu', JSON.stringify(result('desk_eu', firstDate, 11)), binary),
  sent('a result in binary mode', 'desk_as', JSON.stringify(result('desk_as', firstDate, 21)), binary),
  sent('a run of this ledger comes back', 'coins', own),
  sent('returns by their address', 'desk_reference', byReference(text)),
  ofDesk('a desk that the manifest does not know', result('desk_us', firstDate, 31)),
  ofDesk('waits behind it', result('desk_us', secondDate, 33)),
  ofDesk('another desk that the manifest does not know', early),
  sent('no JSON', 'desk_as', '{"specversion":'),
  ofDesk('waits behind it', result('desk_as', secondDate, 23)),
  sent('waits behind it, and is no JSON either', 'desk_as', '{"specversion": 1'),
  sent('without a key', null, event(result('desk_eu', firstDate, 11))),
  sent('without a key, and no JSON', null, 'hello'),
  sent('a value that is missing', 'desk_eu', null),
];

/** After the second manifest and the letters that were settled. */
const secondDelivery: readonly Sent[] = [
  sent('the bytes of a letter again: nothing is wrong with them any more', 'desk_late', event(early)),
  ofDesk('other data under the same correction', result('desk_eu', firstDate, 13)),
  ofDesk(
    'a result that failed its own audit',
    result('desk_as', secondDate, 25, { correction: 1, integrity: { status: 'failed', detail: '3 errors' } }),
  ),
];

/** Under the policy that a newer valid result frees its sleeve. */
const thirdDelivery: readonly Sent[] = [ofDesk('a newer result frees its sleeve', result('desk_eu', secondDate, 15))];

/** What stays open at the end. */
const lastDelivery: readonly Sent[] = [
  sent('poison that stays', 'desk_last', '{"specversion": 2'),
  ofDesk('waits behind it for good', result('desk_last', secondDate, 51)),
];

/** The deliveries with their places in the topic. */
export function deliveries(produced: Produced): readonly (readonly MessageLine[])[] {
  let offset = 0;
  return [firstDelivery(produced), secondDelivery, thirdDelivery, lastDelivery].map((lines) =>
    lines.map((line) => ({ topic: 'sleeve-results.v1', partition: 0, offset: String(offset++), ...line })),
  );
}
