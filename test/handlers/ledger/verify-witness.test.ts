/** Checkpoints from outside the store against one pass over it: which hold, and what is wrong with the others. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createTools } from '../../../bin/adapters.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { openedSeal, openInForce, rootFault, sealFaults } from '../../../handlers/ledger/verify-seals.ts';
import { missingWitness, type Outside, outsideCheckpoints, sizesIn, witnessFaults } from '../../../handlers/ledger/verify-witness.ts';
import { witness } from '../../../handlers/ledger/witness.ts';
import type { TreeAt } from '../../../handlers/ledger/recent-trees.ts';
import { emptyRange } from '../../../domain/audit/compact-range.ts';
import { noteBy, numberedKey } from '../../support/numbered-keys.ts';
import { refusalOf } from '../../support/refusal.ts';
import { scanOf } from '../../support/scanned-ledger.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const tools = createTools({ logLevel: 'silent', isTerminal: false });
const directory = scratchDirectory();
const [first, second, stranger] = [numberedKey(1), numberedKey(2), numberedKey(3)];
/** The second key is in force from leaf 5 on. */
const keys = { keys: [first.key, second.key], leaves: [0, 5] };
const nowhere = { stream: null, revision: null, position: null };
const hex = (byte: number): string => byte.toString(16).padStart(2, '0').repeat(32);
const treeOf = (byte: number): TreeAt => ({ root: new Uint8Array(32).fill(byte), before: emptyRange, last: null });
const outside = (file: string, note: string | null, damage: string | null = null): Outside => ({ file, note, damage });

describe('a checkpoint is opened with the key that was in force over its size', () => {
  test.each([
    [first, 3, 0],
    [first, 5, 0],
    [second, 6, 1],
    [second, 100, 1],
  ])('%#: of size %i', (by, size, link) => {
    expect(openInForce(tools, noteBy(by, size), keys)).toEqual({
      origin: 'desk.example',
      size,
      root: new Uint8Array(32).fill(size),
      link,
    });
  });

  test.each([
    ['a key signs before it is in force', second, 5],
    ['a key signs after it was retired', first, 6],
    ['a stranger signs', stranger, 3],
  ])('which does not open it where %s', (_, by, size) => {
    expect(refusalOf(() => openInForce(tools, noteBy(by, size), keys)).code).toBe('CheckpointInvalid');
  });

  test('the first key of a ledger opens what it signed also where its own event is damaged, and a later one does not', () => {
    const damaged = { keys: [first.key, second.key], leaves: [undefined, undefined] };
    expect(openInForce(tools, noteBy(first, 8), damaged).link).toBe(0);
    expect(refusalOf(() => openInForce(tools, noteBy(second, 8), damaged)).code).toBe('CheckpointInvalid');
  });

  test('no key opens anything where the ledger names none', () => {
    expect(refusalOf(() => openInForce(tools, noteBy(first, 8), { keys: [], leaves: [] }))).toEqual(
      new LedgerError('CheckpointInvalid', 'the ledger names no key that could have signed it'),
    );
  });
});

describe('a seal', () => {
  const root = hex(8);
  const sealBy = (note: string, change: object = {}) => ({ treeSize: 8, root, checkpoint: note, ...change });
  const contradicts = { kind: 'seal_contradicts_itself', expected: root, actual: root };

  test('opens where it says what its checkpoint does, of leaves before it', () => {
    expect(openedSeal(tools, sealBy(noteBy(second, 8)), 8, keys)).toMatchObject({ size: 8, link: 1 });
  });

  test.each([
    ['a size that is not that of its checkpoint', sealBy(noteBy(second, 9, 8)), 9, contradicts],
    ['a root that is not that of its checkpoint', sealBy(noteBy(second, 8, 9)), 8, { ...contradicts, actual: hex(9) }],
    ['more leaves than stand before it', sealBy(noteBy(second, 8)), 7, contradicts],
  ])('contradicts itself with %s', (_, data, leafIndex, fault) => {
    expect(openedSeal(tools, data, leafIndex, keys)).toEqual(fault);
  });

  test('that the key in force has not signed has an invalid signature', () => {
    expect(openedSeal(tools, sealBy(noteBy(first, 8)), 8, keys)).toEqual({
      kind: 'signature_invalid',
      expected: 'a signature of the key in force',
      actual: refusalOf(() => openInForce(tools, noteBy(first, 8), keys)).message,
    });
  });

  const range = ['a'.repeat(64), 'b'.repeat(64)];
  const last = { stream: 'sleeveRun-a', revision: 4 };
  const opened = openInForce(tools, noteBy(second, 8), keys);

  test('of version 1 holds by its root alone, and one of version 2 must name what the next one goes on from', () => {
    expect(sealFaults(treeOf(8), opened, sealBy(''))).toEqual([]);
    expect(sealFaults(treeOf(8), opened, { ...sealBy(''), range: [], last })).toEqual([
      { kind: 'seal_last_wrong', expected: 'no leaf', actual: 'sleeveRun-a@4' },
    ]);
    expect(sealFaults({ ...treeOf(8), last: { stream: 'sleeveRun-a', revision: 4n } }, opened, { ...sealBy(''), range, last })).toEqual([
      { kind: 'seal_range_wrong', expected: '', actual: range.join(' ') },
    ]);
    expect(sealFaults({ ...treeOf(8), last: { stream: 'sleeveRun-a', revision: 4n } }, opened, { ...sealBy(''), range: [], last })).toEqual(
      [],
    );
  });

  test('of another root has that fault alone', () => {
    const fault = { kind: 'root_mismatch', expected: hex(8), actual: hex(9) };
    expect(sealFaults(treeOf(9), opened, { ...sealBy(''), range, last })).toEqual([fault]);
    expect([rootFault(treeOf(9), opened), rootFault(treeOf(8), opened)]).toEqual([fault, null]);
  });
});

describe('checkpoints from outside', () => {
  const scanned = scanOf({ keys, size: 10, treeAt: (size) => treeOf(size), lastPosition: '70' });

  test('hold where the tree of their size has their root, and the widest says how far the ledger is witnessed', () => {
    const [narrow, wide] = [outside('/w/4', noteBy(first, 4)), outside('/w/10', noteBy(second, 10))];
    expect(witnessFaults(tools, [wide, narrow], scanned)).toEqual({
      faults: [],
      held: [
        { ...wide, size: 10, link: 1 },
        { ...narrow, size: 4, link: 0 },
      ],
      sealedTo: 10,
    });
  });

  test('are faults where the ledger is shorter, is another, was signed by nobody, or cannot be read', () => {
    const faulty = [
      outside('/w/11', noteBy(second, 11)),
      outside('/w/7', noteBy(second, 7, 99)),
      outside('/w/6', noteBy(stranger, 6)),
      outside('/w/x', 'no note'),
      outside('/w/y', null, 'the disk says no'),
    ];
    const { faults, held, sealedTo } = witnessFaults(tools, faulty, scanned);
    const invalid = (file: string, actual: string) => ({
      kind: 'checkpoint_invalid',
      ...nowhere,
      file,
      expected: 'a checkpoint signed by the key in force',
      actual,
    });
    expect({ faults, held, sealedTo }).toEqual({
      faults: [
        {
          kind: 'sealed_tail_cut',
          ...nowhere,
          position: '70',
          file: '/w/11',
          expected: '11 events',
          actual: '10 events, the last at position 70',
        },
        { kind: 'root_mismatch', ...nowhere, file: '/w/7', expected: hex(99), actual: hex(7) },
        invalid('/w/6', refusalOf(() => openInForce(tools, noteBy(stranger, 6), keys)).message),
        invalid('/w/x', refusalOf(() => openInForce(tools, 'no note', keys)).message),
        invalid('/w/y', 'the disk says no'),
      ],
      held: [],
      sealedTo: 0,
    });
  });

  test('are those of the folder, read as they stand, and the one that was given', async () => {
    const folder = join(directory, 'read');
    await witness(tools, folder, 4, noteBy(first, 4));
    mkdirSync(join(folder, '000000000009.checkpoint'));
    const given = { file: '/kept', note: noteBy(second, 8), verifierKey: second.text };
    const found = await outsideCheckpoints(tools, folder, given);
    expect(found).toEqual([
      outside(`${folder}/000000000004.checkpoint`, noteBy(first, 4)),
      outside(`${folder}/000000000009.checkpoint`, null, expect.stringContaining('000000000009.checkpoint') as unknown as string),
      outside(`${folder}/latest.checkpoint`, noteBy(first, 4)),
      outside('/kept', given.note),
    ]);
    expect(await outsideCheckpoints(tools, null, given)).toEqual([outside('/kept', given.note)]);
    expect(await outsideCheckpoints(tools, null, null)).toEqual([]);
  });

  test('have sizes, signed or not; what is no checkpoint has none', () => {
    const found = sizesIn([
      outside('/a', noteBy(stranger, 6)),
      outside('/b', null, 'damage'),
      outside('/c', 'no note'),
      outside('/d', noteBy(first, 4)),
    ]);
    expect([...found]).toEqual([6, 4]);
  });
});

const missingAt = (file: string, actual: string) => [
  { kind: 'witness_missing', ...nowhere, file, expected: 'checkpoints of the 8 events sealed', actual },
];

describe('a witness that remembers nothing', () => {
  const sealed = scanOf({ sealedTo: 8 });

  test('is a fault of a ledger that is sealed: the folder is gone, or emptied', async () => {
    const [gone, emptied] = [join(directory, 'gone'), join(directory, 'emptied')];
    mkdirSync(emptied);
    writeFileSync(join(emptied, 'readme.txt'), '');
    expect(await missingWitness(tools, gone, [], sealed)).toEqual(missingAt(gone, 'no such folder'));
    expect(await missingWitness(tools, emptied, [], sealed)).toEqual(missingAt(emptied, 'a folder without any'));
    expect(await missingWitness(tools, gone, [outside(`${gone}-other/4.checkpoint`, 'x')], sealed)).toEqual(
      missingAt(gone, 'no such folder'),
    );
  });

  test('is none where no folder is asked, nothing is sealed, or a checkpoint was read from the folder', async () => {
    const gone = join(directory, 'gone');
    expect(await missingWitness(tools, null, [], sealed)).toEqual([]);
    expect(await missingWitness(tools, gone, [], scanOf())).toEqual([]);
    expect(await missingWitness(tools, gone, [outside(`${gone}/4.checkpoint`, null)], sealed)).toEqual([]);
  });

  test('is none where the first checkpoint was kept meanwhile', async () => {
    const folder = join(directory, 'meanwhile');
    await witness(tools, folder, 8, noteBy(first, 8));
    expect(await missingWitness(tools, folder, [], sealed)).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});
