/** Records beside the events: what can be wrong with one by itself. One that is lost comes right again, and is no fault. */
import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../domain/shared/canonical-json.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { checkpointFaults } from '../../../handlers/ledger/verify-checkpoints.ts';
import type { Checkpoints, Ports } from '../../../handlers/ports/ports.ts';
import { answerFormat } from '../../../infra/cache/entry.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { FactHistory, portfolioFacts } from '../../support/portfolio-events.ts';
import { storeOf } from '../../support/recorded-facts.ts';

type Reader = Pick<Ports, 'store' | 'artifacts' | 'checkpoints' | 'answerFormat'>;

/** Publications at positions 7 and 21; what stands at 14 and 28 is none. */
const history = new FactHistory()
  .portfolio('AllocationPublished', portfolioFacts.published('desk', 1))
  .portfolio('RebalanceSkipped', portfolioFacts.skipped('desk'))
  .portfolio('AllocationPublished', portfolioFacts.published('desk', 2))
  .portfolio('RebalanceSkipped', portfolioFacts.skipped('desk'));

async function readerOf(records: Readonly<Record<string, JsonObject>>, facts = history): Promise<Reader> {
  const { artifacts, checkpoints } = createMemoryStore();
  for (const [name, value] of Object.entries(records)) await checkpoints.write(name, value, 'none');
  return { store: await storeOf(facts), artifacts, checkpoints, answerFormat };
}

const lease = (state: JsonObject | null): JsonObject => ({ holder: null, expiresAt: '2026-11-21T08:00:00.000Z', state });
const of = (name: string, kind: string, position: string | null, expected: string, actual: unknown) => ({
  kind,
  stream: `checkpoint ${name}`,
  revision: null,
  position,
  expected,
  actual,
});
const faultsOf = async (records: Readonly<Record<string, JsonObject>>, facts?: FactHistory) =>
  checkpointFaults(await readerOf(records, facts));

describe('the record of a relay', () => {
  test.each([
    ['nobody has written', lease(null)],
    ['stands at nothing', lease({ position: null })],
    ['stands at the first publication', lease({ position: '7' })],
    ['stands at the last publication', lease({ position: '21' })],
  ])('is no fault where it %s', async (_, record) => {
    expect(await faultsOf({ 'relay-a': record })).toEqual([]);
  });

  test.each([
    ['before the first publication', '6', 'no position: nothing is published up to there'],
    ['between two publications', '14', 'the position of a publication, such as 7'],
    ['behind the last publication', '28', 'the position of a publication, such as 21'],
    ['beyond the ledger', '9000', 'the position of a publication, such as 21'],
  ])('is a fault where it stands %s', async (_, position, expected) => {
    expect(await faultsOf({ 'relay-a': lease({ position }) })).toEqual([
      of('relay-a', 'relay_position_wrong', position, expected, `position ${position}`),
    ]);
  });

  test('is damaged where it has another form', async () => {
    const damaged = of('relay-a', 'checkpoint_damaged', null, 'a record as it was written', expect.any(String));
    for (const state of [{ position: 7 }, {}, { position: null, more: 1 }])
      expect(await faultsOf({ 'relay-a': lease(state) })).toEqual([damaged]);
    expect(await faultsOf({ 'relay-a': { holder: 1 } })).toEqual([damaged]);
  });
});

describe('the record of a kept answer', () => {
  const key = 'job-1';
  const recipe = {
    job: 'sleeve-profile',
    engine: 'test',
    data: 'a',
    tables: {},
    window: { rows: 1, first: null, last: null },
    settings: {},
  };
  const name = `backtest-answer-${key}`;

  async function kept(bytes: Uint8Array) {
    const reader = await readerOf({});
    const { sha256 } = await reader.artifacts.put(bytes);
    await reader.checkpoints.write(name, { answer: sha256 }, 'none');
    return checkpointFaults(reader);
  }

  test('is no fault where its bytes are an answer of its job', async () => {
    expect(await kept(answerFormat.bytesOf(key, recipe, { sharpe: 1 }))).toEqual([]);
  });

  test('is damaged where its bytes are of another job', async () => {
    expect(await kept(answerFormat.bytesOf('job-2', recipe, { sharpe: 1 }))).toEqual([
      of(name, 'kept_answer_damaged', null, `an answer of ${name}`, 'it holds the answer of job-2'),
    ]);
  });

  test.each([{ answer: 'f'.repeat(64) }, { answer: 'F'.repeat(64) }, { answer: `${'f'.repeat(64)}0` }, { other: 1 }])(
    'is damaged where it leads to no bytes: %j',
    async (record) => {
      expect(await faultsOf({ [name]: record })).toEqual([
        of(name, 'checkpoint_damaged', null, 'a record as it was written', expect.any(String)),
      ]);
    },
  );
});

describe('records', () => {
  test('of no name that this build gives are unknown', async () => {
    expect(await faultsOf({ 'my-relay-a': lease(null), other: {} })).toEqual(
      ['my-relay-a', 'other'].map((name) =>
        of(name, 'checkpoint_unknown', null, 'a record of a relay, an answer kept or a presence', name),
      ),
    );
  });

  test('are not looked at where a store cannot list them, and a list that cannot be read is one fault', async () => {
    const reader = await readerOf({ other: {} });
    const listed = (names: Checkpoints['names']): Reader => ({
      ...reader,
      checkpoints: {
        read: (name) => reader.checkpoints.read(name),
        write: (...given) => reader.checkpoints.write(...given),
        ...(names === undefined ? {} : { names }),
      },
    });
    expect(await checkpointFaults(listed(undefined))).toEqual([]);
    expect(await checkpointFaults(listed(() => Promise.reject(new LedgerError('StoreIo', 'the page is damaged'))))).toEqual([
      {
        kind: 'checkpoint_damaged',
        stream: null,
        revision: null,
        position: null,
        expected: 'records that can be read',
        actual: 'the page is damaged',
      },
    ]);
    await expect(checkpointFaults(listed(() => Promise.reject(new TypeError('a fault of the program'))))).rejects.toThrow(
      'a fault of the program',
    );
  });

  test('are looked at page by page of publications', async () => {
    const many = new FactHistory();
    for (let number = 1; number <= 1_001; number++) many.portfolio('AllocationPublished', portfolioFacts.published('desk', number));
    expect(await faultsOf({ 'relay-a': lease({ position: '7007' }) }, many)).toEqual([]);
    expect(await faultsOf({ 'relay-a': lease({ position: '7008' }) }, many)).toEqual([
      of('relay-a', 'relay_position_wrong', '7008', 'the position of a publication, such as 7007', 'position 7008'),
    ]);
  });
});
