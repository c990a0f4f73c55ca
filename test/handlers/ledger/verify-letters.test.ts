/** What a verification says of sealed letters: each opens by its key, or an erasure names it and its key is gone. */
import { describe, expect, test } from '@jest/globals';
import { draftEvent } from '../../../domain/catalogue.ts';
import type { DraftEvent } from '../../../domain/shared/envelope.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import type { SealedText } from '../../../domain/sleeve/intake-events.ts';
import { sealText } from '../../../handlers/intake/sealing.ts';
import { type LetterFindings, letterFindings } from '../../../handlers/ledger/verify-letters.ts';
import type { LetterKey, Ports } from '../../../handlers/ports/ports.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { appendBatch } from '../../support/grown-ledger.ts';
import { memorySession } from '../../support/imported-run.ts';
import { sleeveFacts } from '../../support/portfolio-events.ts';
import { sampleId } from '../../support/sample-events.ts';

const elsewhere = sampleId('a file of keys that is not here');
const nowhere = { stream: null, revision: null, position: null };

/** A ledger in memory whose letters are sealed under keys of one file, and some under those of another. */
class Letters {
  readonly session: Session & { readonly ports: Ports } = memorySession();

  async add(draft: DraftEvent): Promise<void> {
    await appendBatch(this.session.ports.store, { stream: 'sleeve-gold', drafts: [draft] }, '2026-11-21T08:00:00.000Z');
  }

  async keyOf(name: string): Promise<LetterKey> {
    const recognisedBy = this.session.ports.crypto.sha256(new TextEncoder().encode(name));
    return this.session.ports.letterKeys.keyFor({ recognisedBy, place: name, idOf: () => sampleId(`key ${name}`) });
  }

  async sealed(name: string): Promise<SealedText> {
    return sealText(this.session, await this.keyOf(name), { reason: 'no', path: null, headers: {}, value: new Uint8Array([1, 2]) });
  }

  rejected(name: string, sealed: SealedText | null): Promise<void> {
    const facts = sleeveFacts.rejected('gold');
    return this.add(draftEvent('SleeveRunRejected', { ...facts, letterId: sampleId(name), payload: { ...facts.payload, sealed } }));
  }

  refused(name: string, sealed: SealedText): Promise<void> {
    const facts = sleeveFacts.refusedTogether('gold');
    return this.add(draftEvent('MessagesRefused', { ...facts, letterId: sampleId(name), payload: { ...facts.payload, sealed } }));
  }

  held(name: string, sealed: SealedText | null): Promise<void> {
    return this.add(draftEvent('SleeveResultHeld', { ...sleeveFacts.held('gold'), heldId: sampleId(name), sealed }));
  }

  erased(name: string): Promise<void> {
    return this.add(draftEvent('DeadLetterErased', { ...sleeveFacts.erased('gold'), letterId: sampleId(name) }));
  }

  released(name: string, letterId: string | null): Promise<void> {
    return this.add(draftEvent('SleeveResultReleased', { ...sleeveFacts.released('gold'), heldId: sampleId(name), letterId }));
  }

  destroy(name: string): Promise<void> {
    return this.session.ports.letterKeys.destroy([sampleId(`key ${name}`)]);
  }

  findings(keptElsewhere = false, change: Partial<Ports> = {}): Promise<LetterFindings> {
    return letterFindings({ ...this.session.ports, ...change }, keptElsewhere);
  }
}

const sound: LetterFindings = { unopened: 0, faults: [], notes: [] };
// Positions of the store in memory are 7, 14, 21, ...
const atEvent = (revision: number) => ({ stream: 'sleeve-gold', revision, position: String(7 * (revision + 1)) });
const inFileElsewhere = (sealed: SealedText): SealedText => ({ ...sealed, keyFile: elsewhere });
const unnamed = (name: string): string => `key ${sampleId(`key ${name}`)}, as no DeadLetterErased names its letter`;

const missingKey = (name: string, revision: number) => ({
  kind: 'letter_key_missing',
  ...atEvent(revision),
  expected: unnamed(name),
  actual: `the key ${sampleId(`key ${name}`)} of a sealed letter is not here`,
});

const notDestroyed = (name: string, revision: number) => ({
  kind: 'letter_key_not_destroyed',
  ...atEvent(revision),
  expected: `no key ${sampleId(`key ${name}`)}, as DeadLetterErased says`,
  actual: 'the key is here',
});

describe('sealed letters of keys that are here', () => {
  test('open, whatever kind of event holds them, and those that hold nothing sealed are left alone', async () => {
    const letters = new Letters();
    await letters.rejected('a', await letters.sealed('a'));
    await letters.refused('b', await letters.sealed('b'));
    await letters.held('c', await letters.sealed('c'));
    await letters.rejected('d', null);
    await letters.held('e', null);
    expect(await letters.findings()).toEqual(sound);
  });

  test('of which one has lost its key, without an erasure, are each a fault where they stand', async () => {
    const letters = new Letters();
    await letters.rejected('a', await letters.sealed('a'));
    await letters.refused('b', await letters.sealed('b'));
    await letters.held('c', await letters.sealed('c'));
    for (const name of ['a', 'b', 'c']) await letters.destroy(name);

    expect(await letters.findings()).toEqual({ ...sound, faults: [missingKey('a', 0), missingKey('b', 1), missingKey('c', 2)] });
  });

  test('that their key does not open, or whose bytes are gone, are unreadable', async () => {
    const letters = new Letters();
    const [ofA, ofB] = [await letters.sealed('a'), await letters.sealed('b')];
    await letters.rejected('a', { ...ofA, document: ofB.document });
    await letters.rejected('b', { ...ofB, document: { ...ofB.document, sha256: 'f'.repeat(64) } });
    const { faults } = await letters.findings();
    expect(faults).toEqual([
      { kind: 'letter_unreadable', ...atEvent(0), expected: unnamed('a'), actual: `the key ${ofA.keyId} does not open its letter` },
      { kind: 'letter_unreadable', ...atEvent(1), expected: unnamed('b'), actual: expect.stringContaining('f'.repeat(64)) },
    ]);
  });

  test('that an erasure names have no key any more; one that is still there is a fault', async () => {
    const letters = new Letters();
    for (const name of ['a', 'b']) await letters.rejected(name, await letters.sealed(name));
    await letters.refused('c', await letters.sealed('c'));
    for (const name of ['a', 'b', 'c']) await letters.erased(name);
    await letters.destroy('a');

    expect(await letters.findings()).toEqual({ ...sound, faults: [notDestroyed('b', 1), notDestroyed('c', 2)] });
  });

  test('of a held result may be there or gone once it became a letter, and must be there once it became a run', async () => {
    const letters = new Letters();
    for (const name of ['a', 'b', 'c']) await letters.held(name, await letters.sealed(name));
    await letters.released('a', sampleId('letter of a'));
    await letters.released('b', sampleId('letter of b'));
    await letters.released('c', null);
    for (const name of ['b', 'c']) await letters.destroy(name);
    expect((await letters.findings()).faults).toMatchObject([{ kind: 'letter_key_missing', ...atEvent(2) }]);
  });

  test('stop the verification where the disk fails otherwise', async () => {
    const letters = new Letters();
    await letters.rejected('a', await letters.sealed('a'));
    const { artifacts, letterKeys } = letters.session.ports;
    const failing: Partial<Ports> = {
      artifacts: Object.assign(Object.create(artifacts), { get: () => Promise.reject(new TypeError('a fault of the program')) }),
      letterKeys,
    };
    await expect(letters.findings(false, failing)).rejects.toThrow('a fault of the program');
  });
});

async function someElsewhere(count: number): Promise<Letters> {
  const letters = new Letters();
  for (let number = 0; number < count; number++) await letters.rejected(`x${number}`, inFileElsewhere(await letters.sealed(`x${number}`)));
  return letters;
}

const missingFile = (opens: string, actual: string) => ({
  kind: 'letter_keys_missing',
  ...nowhere,
  expected: `the file of letter keys ${elsewhere}: no DeadLetterErased names what it opens, ${opens}`,
  actual,
});

const unproved = (count: string): string =>
  `${count} could not be opened, for the keys are said to be kept elsewhere: that nobody destroyed one of them without an erasure on ` +
  'record is not proved';

describe('sealed letters of keys in a file that is not here', () => {
  test.each([
    [1, '1 sealed message'],
    [2, '2 sealed messages'],
  ])('are one fault for the file, with how many it opens (%i)', async (count, opens) => {
    const letters = await someElsewhere(count);
    const here = await letters.session.ports.letterKeys.id();
    expect(await letters.findings()).toEqual({
      unopened: count,
      faults: [missingFile(opens, `the file of letter keys ${here}`)],
      notes: [],
    });
    expect(await letters.findings(true)).toEqual({ unopened: count, faults: [], notes: [unproved(opens)] });
  });

  test('are told as well where there is no file of keys here', async () => {
    const letters = await someElsewhere(1);
    const none = { ...letters.session.ports.letterKeys, id: async () => null };
    expect((await letters.findings(false, { letterKeys: none })).faults).toEqual([
      missingFile('1 sealed message', 'no file of letter keys beside the store'),
    ]);
  });

  test('that an erasure names are a note, and those of a result that became a letter are nothing', async () => {
    const letters = await someElsewhere(1);
    await letters.held('h', inFileElsewhere(await letters.sealed('h')));
    await letters.erased('x0');
    await letters.released('h', sampleId('letter of h'));
    const notes = ['the keys of 1 sealed message that were erased stood in a file that is not here: that they are destroyed is not proved'];
    expect(await letters.findings()).toEqual({ ...sound, notes });
    expect(await letters.findings(true)).toEqual({ ...sound, notes });
  });

  test('may be behind a file that this reader may not open, where the keys are said to be elsewhere', async () => {
    const letters = await someElsewhere(1);
    const closed = (error: Error): Partial<Ports> => ({
      letterKeys: { ...letters.session.ports.letterKeys, id: () => Promise.reject(error) },
    });
    const refusal = new LedgerError('StoreIo', 'no right to read it');
    expect(await letters.findings(true, closed(refusal))).toEqual({
      unopened: 1,
      faults: [],
      notes: ['no right to read it; it was taken for one that is not here', unproved('1 sealed message')],
    });
    await expect(letters.findings(false, closed(refusal))).rejects.toBe(refusal);
    await expect(letters.findings(true, closed(new TypeError('a fault of the program')))).rejects.toThrow('a fault of the program');
  });
});
