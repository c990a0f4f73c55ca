/** What a build makes of the format that a ledger records: it raises it once, refuses a newer one, and looks again at every seal. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { formatOfBuild, unionOf } from '../../../domain/ledger/format.ts';
import { formatOf010 } from '../../../domain/ledger/format-of-010.ts';
import { draftEvent } from '../../../domain/catalogue.ts';
import type { LedgerFormat } from '../../../domain/shared/ledger-events.ts';
import { StreamFolds } from '../../../handlers/runtime/folds.ts';
import { copyLedger } from '../../../handlers/ledger/copy.ts';
import { openLedger } from '../../../handlers/ledger/open-ledger.ts';
import { raiseFormat, RecordedFormat } from '../../../handlers/ledger/recorded-format.ts';
import { createSealer } from '../../../handlers/ledger/sealer.ts';
import { verifyLedger } from '../../../handlers/ledger/verify.ts';
import type { EventStore } from '../../../handlers/ports/ports.ts';
import { appendAtTail, readWholeStream } from '../../../handlers/runtime/record.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { tailOf } from '../../../handlers/runtime/stored-events.ts';
import { enforcingFormat } from '../../../handlers/roles/enforcing-format.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { addRun, ledgerSession, type LedgerSession, storeLike } from '../../support/ledger-session.ts';
import { sampleEvents } from '../../support/sample-events.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const directory = scratchDirectory();
const at = (name: string): string => join(directory, name);
const newerFormat: LedgerFormat = {
  ...formatOfBuild,
  streams: [...formatOfBuild.streams, 'remark-'],
  events: { ...formatOfBuild.events, TokenNoted: 1 },
};
const lacks = { code: 'StoreTooNew', evidence: { lacks: ['streams remark-...', 'event TokenNoted version 1'] } };

const typesIn = async (store: EventStore): Promise<string[]> => (await readWholeStream(store, 'ledger')).map(({ type }) => type);

/** What a newer build does before it writes what only it knows. */
async function raiseTo({ ports, ...session }: Session, format: LedgerFormat): Promise<void> {
  const tail = tailOf(await readWholeStream(ports.store, 'ledger'));
  await appendAtTail({ ports, ...session }, tail, {
    stream: 'ledger',
    drafts: [draftEvent('LedgerFormatRaised', format)],
    command: ['raised by a newer build'],
    correlation: 'ledger',
  });
}

/** A ledger as release 0.1.0 left it: opened and sealed, and no format recorded. */
async function ledgerOf010(name: string): Promise<LedgerSession> {
  const given = await ledgerSession(at(name));
  const { store } = createMemoryStore();
  const [opened] = await readWholeStream(given.session.ports.store, 'ledger');
  await store.append('ledger', [opened!], { expectedRevision: 'none' });
  return { ...given, session: { ...given.session, ports: { ...given.session.ports, store } } };
}

describe('Opening a ledger', () => {
  test('to write begins a new one with its format, in one append', async () => {
    const appends: string[][] = [];
    const { store } = createMemoryStore();
    const watched = storeLike(store, {
      append: (stream, events, options) => {
        appends.push(events.map(({ type }) => type));
        return store.append(stream, events, options);
      },
    });
    const { session } = await ledgerSession(at('new'), { store: watched });
    expect(appends).toEqual([['LedgerOpened', 'LedgerFormatRaised']]);
    expect((await new RecordedFormat(session.ports.store).current()).format).toEqual(unionOf(formatOf010, formatOfBuild));
  });

  test('to write raises the format of a ledger of release 0.1.0 once, and to read leaves it', async () => {
    const { session, settings } = await ledgerOf010('old');
    const { ports } = session;
    expect((await new RecordedFormat(ports.store).current()).format).toEqual(formatOf010);
    await openLedger(ports, settings, false);
    expect(await typesIn(ports.store)).toEqual(['LedgerOpened']);
    for (let again = 0; again < 3; again++) await openLedger(ports, settings, true);
    expect(await typesIn(ports.store)).toEqual(['LedgerOpened', 'LedgerFormatRaised']);
    await createSealer(session, settings).seal();
    expect(await verifyLedger(ports, { witnessDirectory: settings.witness!, checkpoint: null })).toMatchObject({
      faults: [],
      notes: [],
      format: { lacking: [], gaining: [] },
    });
  });

  test('to write by two processes at once raises it once, also when the other raises it further', async () => {
    const { session } = await ledgerOf010('both');
    await Promise.all([raiseFormat(session), raiseFormat(session), raiseFormat({ ...session, actor: 'another' })]);
    expect(await typesIn(session.ports.store)).toEqual(['LedgerOpened', 'LedgerFormatRaised']);

    const overtaken = await ledgerOf010('overtaken');
    const { store } = overtaken.session.ports;
    const slow = storeLike(store, {
      append: async (...given) => {
        if ((await typesIn(store)).length === 1) await raiseTo(overtaken.session, newerFormat);
        return store.append(...given);
      },
    });
    await expect(raiseFormat({ ...overtaken.session, ports: { ...overtaken.session.ports, store: slow } })).rejects.toMatchObject(lacks);
    expect(await typesIn(store)).toEqual(['LedgerOpened', 'LedgerFormatRaised']);
  });

  test('to write refuses a newer format, also one recorded in a way that this build cannot read, and to read does not', async () => {
    const { session, settings } = await ledgerSession(at('newer'));
    const { ports } = session;
    await raiseTo(session, newerFormat);
    await expect(openLedger(ports, settings, true)).rejects.toMatchObject(lacks);
    await expect(openLedger(ports, settings, false)).resolves.toEqual(session.ledger);
    const tail = tailOf(await readWholeStream(ports.store, 'ledger'));
    await appendAtTail(session, tail, {
      stream: 'ledger',
      drafts: [{ type: 'LedgerFormatRaised', schemaVersion: 2, data: { else: true } }],
      command: ['later'],
      correlation: 'ledger',
    });
    await expect(openLedger(ports, settings, true)).rejects.toMatchObject({
      code: 'StoreTooNew',
      evidence: { lacks: ['event LedgerFormatRaised version 2'] },
    });
    await expect(openLedger(ports, settings, false)).resolves.toEqual(session.ledger);
  });
});

describe('A build that a newer one has gone beyond', () => {
  test('seals nothing more, with the sealer that it has kept and with a new one', async () => {
    const { session, settings } = await ledgerSession(at('sealing'));
    const { store } = session.ports;
    const kept = createSealer({ ...session, folds: new StreamFolds(store) }, settings);
    await kept.seal();
    const witnessed = readdirSync(settings.witness!);
    await raiseTo(session, newerFormat);
    await store.append('remark-b', sampleEvents({ stream: 'remark-b', count: 2 }), { expectedRevision: 'none' });
    await addRun(store, 'after');
    const head = await store.head();
    for (const sealer of [kept, kept, createSealer(session, settings)]) await expect(sealer.seal()).rejects.toMatchObject(lacks);
    expect(await store.head()).toBe(head);
    expect(readdirSync(settings.witness!)).toEqual(witnessed);
  });

  test('ends its work, whatever its roles are', async () => {
    const { session } = await ledgerSession(at('working'));
    const stop = new AbortController();
    const working = enforcingFormat(session).run(stop.signal);
    await raiseTo(session, newerFormat);
    await expect(working).rejects.toMatchObject(lacks);
    const idle = await ledgerSession(at('idle'));
    const stopped = enforcingFormat(idle.session).run(stop.signal);
    stop.abort();
    await expect(stopped).resolves.toBeUndefined();
  });

  test('copies nothing: the copy would lack what it does not know', async () => {
    const { session } = await ledgerSession(at('copied'));
    const { ports } = session;
    await raiseTo(session, newerFormat);
    const to = createMemoryStore();
    await expect(copyLedger(ports, ports, to, new AbortController().signal)).rejects.toMatchObject(lacks);
    expect(await to.store.head()).toBeNull();
  });
});

describe('The recorded format', () => {
  test('is looked up from the end of the stream, and then only in what was appended since', async () => {
    const { session } = await ledgerSession(at('long'));
    const { store } = session.ports;
    let read = 0;
    const counting = storeLike(store, {
      readStream: async (...given) => {
        const page = await store.readStream(...given);
        read += page.length;
        return page;
      },
    });
    const recorded = new RecordedFormat(counting);
    expect((await recorded.current()).format).toEqual(unionOf(formatOf010, formatOfBuild));
    read = 0;
    await recorded.current();
    expect(read).toBe(0);
    await raiseTo(session, newerFormat);
    expect((await recorded.current()).format).toEqual(newerFormat);
    expect(read).toBe(1);
  });

  test('of a store without a ledger is that of release 0.1.0', async () => {
    expect((await new RecordedFormat(createMemoryStore().store).current()).format).toBe(formatOf010);
  });
});
