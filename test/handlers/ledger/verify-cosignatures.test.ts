/** How far witnesses elsewhere vouch for a ledger, and what they are asked: docs/cli.md has the policy; keys of the test sign. */
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createTools } from '../../../bin/adapters.ts';
import {
  askElsewhere,
  type CosignedTo,
  type Elsewhere,
  judgeCosignatures,
  type Judged,
} from '../../../handlers/ledger/verify-cosignatures.ts';
import type { Outside } from '../../../handlers/ledger/verify-witness.ts';
import { witness } from '../../../handlers/ledger/witness.ts';
import type { Witnesses } from '../../../handlers/ledger/witness-folder.ts';
import type { Offer, Shown, Taken, WitnessAddress } from '../../../handlers/ports/ports.ts';
import { noteBy, numberedCosigner, numberedKey } from '../../support/numbered-keys.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const tools = createTools({ logLevel: 'silent', isTerminal: false });
const directory = scratchDirectory();
const log = numberedKey(1);
const [north, south] = [numberedCosigner(11, 'north.example'), numberedCosigner(12, 'south.example')];
const places = { north: 'https://north.example', south: 'https://south.example', git: 'git+file:///srv/repo' };
const addresses: Record<keyof typeof places, WitnessAddress> = {
  north: { kind: 'tlog', place: places.north, url: places.north, verifierKey: north.text },
  south: { kind: 'tlog', place: places.south, url: places.south, verifierKey: south.text },
  git: { kind: 'git', place: places.git, url: 'file:///srv/repo', branch: 'main' },
};
const nowhere = { stream: null, revision: null, position: null };

function witnessesOf(change: Partial<Witnesses> = {}): Witnesses {
  return {
    directory,
    expected: true,
    note: null,
    addresses: [addresses.north, addresses.south],
    cosigners: new Map([
      [places.north, north.key],
      [places.south, south.key],
    ]),
    quorum: null,
    ...change,
  };
}

const seenAt = (file: string, note: string | null): Outside => ({ file, note, damage: note === null ? 'unreadable' : null });

const noteOf = (size: number, ...by: readonly (readonly [typeof north, number])[]): string => {
  const note = noteBy(log, size);
  return note + by.map(([cosigner, seconds]) => cosigner.line(note, seconds)).join('');
};

function judged(
  holding: readonly Outside[],
  given: Partial<Omit<Elsewhere, 'witnesses'>> & { witnesses?: Partial<Witnesses>; size?: number; sealedTo?: number } = {},
): Judged {
  const { witnesses, size = 10, sealedTo = 8, ...elsewhere } = given;
  const asked: Elsewhere = { outside: [], remembered: [], notes: [], ...elsewhere, witnesses: witnessesOf(witnesses) };
  return judgeCosignatures(tools, asked, holding, { size, sealedTo });
}

const cosignersAt = (ofNorth: readonly [number, string | null], ofSouth: readonly [number, string | null]): CosignedTo['by'] => [
  { place: places.north, name: 'north.example', size: ofNorth[0], at: ofNorth[1] },
  { place: places.south, name: 'south.example', size: ofSouth[0], at: ofSouth[1] },
];

describe('the checkpoints that witnesses have cosigned', () => {
  // 1,700,000,000 s after 1970 is 2023-11-14T22:13:20Z (`date -u -d @1700000000`).
  const [at, later] = [1_700_000_000, 1_700_000_060];
  const [atText, laterText] = ['2023-11-14T22:13:20.000Z', '2023-11-14T22:14:20.000Z'];

  test('count by the widest that one of them has cosigned where nobody demands more', () => {
    const holding = [seenAt('/w/4', noteOf(4, [north, at])), seenAt('/w/8', noteOf(8, [south, later]))];
    expect(judged(holding)).toEqual({
      cosigned: { to: 8, quorum: null, by: cosignersAt([4, atText], [8, laterText]) },
      faults: [],
      notes: [],
    });
  });

  test('count by the widest that as many have cosigned as are demanded, and a ledger that is sealed further has a fault', () => {
    const holding = [seenAt('/w/8', noteOf(8, [north, later])), seenAt('/w/4', noteOf(4, [north, at], [south, at]))];
    expect(judged(holding, { witnesses: { quorum: 2 }, notes: ['asked'] })).toEqual({
      cosigned: { to: 4, quorum: 2, by: cosignersAt([8, laterText], [4, atText]) },
      faults: [
        {
          kind: 'quorum_missing',
          ...nowhere,
          expected: '2 witnesses for 8 events',
          actual: 'for 4 events: north.example 8, south.example 4',
        },
      ],
      notes: ['asked', '4 of the 8 sealed events are under a checkpoint that 2 of 2 witnesses have cosigned'],
    });
  });

  test('are enough at the size that is sealed', () => {
    const holding = [seenAt('/w/8', noteOf(8, [north, at], [south, at]))];
    expect(judged(holding, { witnesses: { quorum: 2 } })).toEqual({
      cosigned: { to: 8, quorum: 2, by: cosignersAt([8, atText], [8, atText]) },
      faults: [],
      notes: [],
    });
  });

  test('do not add up where each has cosigned another size', () => {
    const holding = [seenAt('/w/4', noteOf(4, [north, at])), seenAt('/w/8', noteOf(8, [south, at]))];
    expect(judged(holding, { witnesses: { quorum: 2 } }).cosigned).toMatchObject({ to: 0, quorum: 2 });
  });

  test('are none where nobody has cosigned, which is a note and no fault where nobody demands it', () => {
    expect(judged([seenAt('/w/8', noteOf(8)), seenAt('/w/9', null)])).toEqual({
      cosigned: { to: 0, quorum: null, by: cosignersAt([0, null], [0, null]) },
      faults: [],
      notes: ['0 of the 8 sealed events are under a checkpoint that 1 of 2 witnesses have cosigned'],
    });
  });

  test('of one size are told with the time of the last that is looked at, and of one note with the newest', () => {
    const holding = [seenAt('/w/8', noteOf(8, [north, at])), seenAt('/w/latest', noteOf(8, [north, later], [north, at]))];
    expect(judged(holding).cosigned!.by[0]).toEqual({ place: places.north, name: 'north.example', size: 8, at: laterText });
  });

  test('are a fault where a line bears a name and does not verify', () => {
    const forged = noteBy(log, 8) + north.line(noteBy(log, 7), at);
    expect(judged([seenAt('/w/8', forged)])).toMatchObject({
      cosigned: { to: 0 },
      faults: [
        {
          kind: 'cosignature_invalid',
          ...nowhere,
          file: '/w/8',
          expected: 'a cosignature of north.example',
          actual: 'the cosignature of north.example does not verify',
        },
      ],
    });
  });

  test('are not asked for where no server is named, and what repositories remember is judged all the same', () => {
    const remembered = [{ place: places.git, size: 11, isSplit: false }];
    expect(judged([], { witnesses: { cosigners: new Map() }, remembered, notes: ['asked'] })).toEqual({
      cosigned: null,
      faults: [{ kind: 'sealed_tail_cut', ...nowhere, file: places.git, expected: '11 events', actual: '10 events' }],
      notes: ['asked'],
    });
  });

  test('that are remembered beyond the ledger convict it, and those of a size that it has do not', () => {
    const remembered = [
      { place: places.north, size: 10, isSplit: false },
      { place: places.south, size: 8, isSplit: true },
    ];
    expect(judged([seenAt('/w/8', noteOf(8, [north, at]))], { remembered }).faults).toEqual([
      { kind: 'split_view', ...nowhere, file: places.south, expected: 'the root of 8 events that it cosigned', actual: 'another' },
    ]);
  });
});

async function folderWith(name: string, size: number): Promise<{ readonly folder: string; readonly note: string }> {
  const folder = join(directory, name);
  const note = noteBy(log, size);
  await witness(tools, folder, size, note);
  return { folder, note };
}

const offerOf = (note: string, size: number): Offer => ({ old: size, size, proof: [], note });

describe('witnesses elsewhere', () => {
  interface Told {
    readonly shown?: Shown;
    readonly taken?: Taken;
  }
  const showsNothing: Shown = { kind: 'shown', newest: null };

  /** What each is asked, and what comes of it. */
  async function asked(folder: string, told: Readonly<Record<string, Told>>, of: readonly WitnessAddress[]) {
    const questions: (readonly [string, string, Offer?])[] = [];
    const witnessAt = ({ place }: WitnessAddress, memory: string | null) => ({
      show: async (origin: string): Promise<Shown> => {
        questions.push([place, `show ${origin}, remembered in ${memory}`]);
        return told[place]!.shown ?? showsNothing;
      },
      take: async (offer: Offer, origin: string): Promise<Taken> => {
        questions.push([place, `take ${origin}`, offer]);
        return told[place]!.taken!;
      },
    });
    const witnesses = witnessesOf({ directory: folder, addresses: of });
    const { witnesses: same, ...elsewhere } = await askElsewhere({ files: tools.files, witnessAt }, witnesses);
    expect(same).toBe(witnesses);
    return { ...elsewhere, questions };
  }

  test('are not asked where none is named, also without a folder', async () => {
    expect(await asked(join(directory, 'none'), {}, [])).toEqual({ outside: [], remembered: [], notes: [], questions: [] });
  });

  test('cannot be asked where the folder holds no checkpoint', async () => {
    expect(await asked(join(directory, 'none'), {}, [addresses.north])).toEqual({
      outside: [],
      remembered: [],
      notes: ['the folder of the witness holds no checkpoint: the witnesses elsewhere cannot be asked'],
      questions: [],
    });
  });

  const show = 'show desk.example, remembered in null';

  test('are taken at what they show, and asked no more', async () => {
    const { folder } = await folderWith('shown', 8);
    const newest = { file: 'north/8', note: noteBy(log, 9) };
    expect(await asked(folder, { [places.north]: { shown: { kind: 'shown', newest } } }, [addresses.north])).toEqual({
      outside: [{ ...newest, damage: null }],
      remembered: [],
      notes: [],
      questions: [[places.north, show]],
    });
  });

  test('that are away are told, and the next ones are asked', async () => {
    const { folder } = await folderWith('away', 8);
    const told = { [places.north]: { shown: { kind: 'away', why: 'no route' } as const }, [places.git]: {} };
    expect(await asked(folder, told, [addresses.north, addresses.git])).toEqual({
      outside: [],
      remembered: [],
      notes: [`the witness ${places.north} is away (no route): what it remembers was not compared`],
      questions: [
        [places.north, show],
        [places.git, show],
      ],
    });
  });

  test('that show nothing are offered the kept checkpoint as no growth, and a server that cosigns it is believed', async () => {
    const { folder, note } = await folderWith('cosigns', 8);
    const lines = north.line(note, 1_700_000_000);
    expect(await asked(folder, { [places.north]: { taken: { kind: 'kept', lines } } }, [addresses.north])).toEqual({
      outside: [{ file: places.north, note: note + lines, damage: null }],
      remembered: [],
      notes: [],
      questions: [
        [places.north, show],
        [places.north, 'take desk.example', offerOf(note, 8)],
      ],
    });
  });

  test.each([
    [8, true],
    [9, false],
    [7, false],
  ])('that remember %i events of 8 are kept in mind; a split view: %s', async (size, isSplit) => {
    const { folder } = await folderWith(`other-${size}`, 8);
    const { outside, remembered, notes } = await asked(folder, { [places.north]: { taken: { kind: 'other size', size } } }, [
      addresses.north,
    ]);
    expect({ outside, remembered, notes }).toEqual({ outside: [], remembered: [{ place: places.north, size, isSplit }], notes: [] });
  });

  test.each(['refused', 'away', 'contradicted'] as const)('that answer "%s" have not said what they remember', async (kind) => {
    const { folder } = await folderWith(`says-${kind}`, 8);
    const { outside, remembered, notes } = await asked(folder, { [places.north]: { taken: { kind, why: 'busy' } } }, [addresses.north]);
    expect({ outside, remembered, notes }).toEqual({
      outside: [],
      remembered: [],
      notes: [`the witness ${places.north} did not say what it remembers (busy)`],
    });
  });
});
