/** What a replay says of two streams, event by event. */
import { describe, expect, test } from '@jest/globals';
import type { Json, JsonObject } from '../../../domain/shared/canonical-json.ts';
import { contentHashOf, type DraftEvent, type Envelope } from '../../../domain/shared/envelope.ts';
import { type Bytes, compareEvents, type Comparison } from '../../../handlers/replay/compare-events.ts';
import { sha256 } from '../../support/sample-events.ts';

const address = (digit: string): string => digit.repeat(64);
const reference = (digit: string) => ({ kind: 'document', sha256: address(digit), bytes: 7, mediaType: 'application/json' }) as const;
const draft = (type: string, schemaVersion: number, data: JsonObject): DraftEvent => ({ type, schemaVersion, data });
const scanned = (data: JsonObject): DraftEvent => draft('ScanRecorded', 1, data);
const opened = (version: number, data: JsonObject): DraftEvent => draft('SleeveRunOpened', version, data);

/** What a store holds of drafts. */
function recordedAs(drafts: readonly DraftEvent[], change: Partial<Envelope> = {}): Envelope[] {
  return drafts.map((one, revision) => {
    const data = JSON.parse(JSON.stringify(one.data)) as JsonObject;
    const { type, schemaVersion } = one;
    const contentHash = contentHashOf(sha256, { type, schemaVersion, data });
    return { type, schemaVersion, data, contentHash, stream: 'scan-a', revision, ...change } as Envelope;
  });
}

const unread = (): Promise<Uint8Array> => Promise.reject(new Error('no artifact is read'));

const compared = (
  recorded: readonly Envelope[],
  drafts: readonly DraftEvent[],
  bytes: Bytes = { recorded: unread, recomputed: unread },
): Promise<Comparison> => compareEvents(sha256, recorded, drafts, bytes);

const apart = (revision: number, path: string, recorded: Json, recomputed: Json, difference: number | null = null) => ({
  revision,
  type: 'ScanRecorded',
  path: `events[${revision}].${path}`,
  recorded,
  recomputed,
  difference,
});

describe('a recorded stream and its recomputation', () => {
  const [first, second, third] = [scanned({ number: 1 }), scanned({ number: 2 }), scanned({ number: 5 })];

  test.each<[string, Envelope[], DraftEvent[], ReturnType<typeof apart>[]]>([
    ['not where they say the same', recordedAs([first, second]), [first, second], []],
    ['not where both are empty', [], [], []],
    ['in an event that was not recorded', recordedAs([first]), [first, second], [apart(1, 'type', null, 'ScanRecorded')]],
    ['in an event that is not recomputed', recordedAs([first, second]), [first], [apart(1, 'type', 'ScanRecorded', null)]],
    ['in the member in which their data part', recordedAs([first, second]), [first, third], [apart(1, 'data.number', 2, 5, 3)]],
    [
      'in a hash that no longer covers its data, even where these are recomputed',
      recordedAs([first], { contentHash: address('0') }),
      [first],
      [apart(0, 'contentHash', address('0'), contentHashOf(sha256, first))],
    ],
    [
      'in the type of an event, and then not in its data',
      recordedAs([first]),
      [draft('ScanAudited', 1, { number: 7 })],
      [apart(0, 'type', 'ScanRecorded', 'ScanAudited')],
    ],
    [
      'in the version of an event that is written in another way, and then not in its data',
      recordedAs([first]),
      [draft('ScanRecorded', 9, { number: 7 })],
      [apart(0, 'schemaVersion', 1, 9)],
    ],
  ])('differ %s', async (_, recorded, drafts, differences) => {
    expect(await compared(recorded, drafts)).toEqual({ differences, notComparable: [] });
  });

  test('of a type that this build does not know cannot be compared', async () => {
    const unknown = draft('TokenNoted', 1, {});
    await expect(compared(recordedAs([unknown]), [unknown])).rejects.toMatchObject({
      code: 'UnknownEventType',
      message: 'unknown event TokenNoted version 1 at position scan-a@0',
    });
  });
});

describe('an event of a retired version', () => {
  test('is read as the newest one, and what it did not record is named and not compared', async () => {
    const recorded = recordedAs([opened(1, { sleeve: 'a', number: 1 }), opened(1, { sleeve: 'b', number: 1 })]);
    const now = [opened(2, { sleeve: 'a', number: 1, rules: 7 }), opened(2, { sleeve: 'c', number: 1, rules: 7 })];
    expect(await compared(recorded, now)).toEqual({
      differences: [{ ...apart(1, 'data.sleeve', 'b', 'c'), type: 'SleeveRunOpened' }],
      notComparable: ['SleeveRunOpened.rules'],
    });
  });

  test('lacks that one member alone: one of the same name inside another is compared', async () => {
    const { differences } = await compared(recordedAs([opened(1, { options: { rules: 1 } })]), [
      opened(2, { options: { rules: 2 }, rules: 1 }),
    ]);
    expect(differences).toEqual([{ ...apart(0, 'data.options.rules', 1, 2, 1), type: 'SleeveRunOpened' }]);
  });
});

const holding =
  (texts: Record<string, string>) =>
  async (sha: string): Promise<Uint8Array> =>
    new TextEncoder().encode(texts[sha]);

describe('references to artifacts', () => {
  const bytes: Bytes = {
    recorded: holding({ [address('a')]: '{"size":1}', [address('c')]: '{"size":1}' }),
    recomputed: holding({ [address('b')]: '{"size":4}', [address('c')]: '{"size":1}' }),
  };

  test('are followed where their addresses part, behind what parts in the event itself', async () => {
    const recorded = recordedAs([scanned({ number: 1, rows: reference('a'), source: 'x' })]);
    const { differences } = await compared(recorded, [scanned({ number: 1, rows: reference('b'), source: 'y' })], bytes);
    expect(differences).toEqual([apart(0, 'data.source', 'x', 'y'), apart(0, 'data.rows.size', 1, 4, 3)]);
  });

  test('are not read where their addresses are the same', async () => {
    const recorded = recordedAs([scanned({ number: 1, rows: reference('c') })]);
    const { differences } = await compared(recorded, [scanned({ number: 2, rows: reference('c') })]);
    expect(differences).toEqual([apart(0, 'data.number', 1, 2, 1)]);
  });
});
