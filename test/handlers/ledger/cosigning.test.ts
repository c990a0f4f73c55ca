/** Witnesses elsewhere at a seal: what each is offered, what becomes of it, and that none of them keeps a ledger from being sealed. */
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { readUnverifiedCheckpoint } from '../../../domain/audit/checkpoint.ts';
import { verifyConsistency } from '../../../domain/audit/merkle.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { type Cosigning, offerToWitnesses, recall, recalledCheckpoints } from '../../../handlers/ledger/cosigning.ts';
import { KeyHistory } from '../../../handlers/ledger/keys.ts';
import { createSealer } from '../../../handlers/ledger/sealer.ts';
import type { Witnesses } from '../../../handlers/ledger/witness-folder.ts';
import type { Log, Metrics, Offer, Ports, Shown, Taken, Witness, WitnessAddress } from '../../../handlers/ports/ports.ts';
import { addRun, ledgerSession, type LedgerSession } from '../../support/ledger-session.ts';
import { type NumberedCosigner, noteBy, numberedCosigner, numberedKey } from '../../support/numbered-keys.ts';
import { sha256 } from '../../support/sample-events.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const directory = scratchDirectory();
const [north, south] = [numberedCosigner(11, 'north.example'), numberedCosigner(12, 'south.example')];
const at = ({ key, text }: NumberedCosigner): WitnessAddress => ({
  kind: 'tlog',
  place: `https://${key.name}`,
  url: `https://${key.name}`,
  verifierKey: text,
});
const repository: WitnessAddress = { kind: 'git', place: 'git+file:///r', url: 'file:///r', branch: 'main' };
const ofNorth = at(north).place;
const showsNothing: Shown = { kind: 'shown', newest: null };

/** What a witness answers, in turn; the last answer is given again. */
interface Told {
  readonly shown?: readonly Shown[];
  readonly taken?: readonly (Taken | Error)[];
}

interface Sealed {
  readonly ledger: LedgerSession;
  /** Of 5 and of 9 events: two of the ledger's own, then runs of three, with the first seal between them. */
  readonly notes: readonly [string, string];
}

async function sealedTwice(name: string): Promise<Sealed> {
  const ledger = await ledgerSession(join(directory, name));
  const sealer = createSealer(ledger.session, ledger.settings);
  await addRun(ledger.session.ports.store, 'a');
  const first = await sealer.seal();
  await addRun(ledger.session.ports.store, 'b');
  const second = await sealer.seal();
  expect([first.treeSize, second.treeSize]).toEqual([5, 9]);
  return { ledger, notes: [first.checkpoint, second.checkpoint] };
}

/** Sealed once: the tests that use it append nothing. */
let sealed: Sealed;
beforeAll(async () => {
  sealed = await sealedTwice('sealed');
});

/** Offers the newest seal to witnesses that answer as they are told. */
async function offered({ ledger, notes }: Sealed, addresses: readonly WitnessAddress[], told: Readonly<Record<string, Told>>) {
  const { session } = ledger;
  const asked: (readonly [string, string, Offer?])[] = [];
  const [warned, measured]: [unknown[][], unknown[][]] = [[], []];
  const witnessAt = ({ place }: WitnessAddress, memory: string | null): Witness => {
    const shown = [...(told[place]!.shown ?? [showsNothing])];
    const taken = [...(told[place]!.taken ?? [])];
    return {
      show: async (origin) => {
        asked.push([place, `show ${origin}, remembered in ${memory}`]);
        return shown.length > 1 ? shown.shift()! : shown[0]!;
      },
      take: async (offer, origin) => {
        asked.push([place, `take ${origin}`, offer]);
        const answer = taken.length > 1 ? taken.shift()! : taken[0]!;
        if (answer instanceof Error) throw answer;
        return answer;
      },
    };
  };
  const log: Log = { ...session.ports.log, warn: (...given) => warned.push(given) };
  const metrics: Metrics = { ...session.ports.metrics, set: (...given) => measured.push(given) };
  const ports: Ports = { ...session.ports, witnessAt, log, metrics };
  const witnesses: Witnesses = {
    directory: '/w',
    expected: true,
    note: null,
    addresses,
    cosigners: new Map([
      [ofNorth, north.key],
      [at(south).place, south.key],
    ]),
    quorum: null,
  };
  const keys = await new KeyHistory(ports).refresh();
  const recalled = await recall(ports, witnesses, session.ledger.origin, keys.keys);
  const note = notes[1];
  const answer = await offerToWitnesses(ports, witnesses, recalled, keys, { checkpoint: readUnverifiedCheckpoint(note), note });
  return { answer, asked, warned, measured, recalled: recalledCheckpoints(recalled) };
}

const missing = (count: number) => [['sleeve_ledger_witnesses_missing', count]];
const away = 'a witness has not taken the seal: it is asked again at the next one';
const outcome = (address: WitnessAddress, what: Cosigning['outcome'], why: string | null = null): Cosigning => ({
  place: address.place,
  kind: address.kind,
  outcome: what,
  why,
});

describe('a seal that is offered to witnesses elsewhere', () => {
  test('is cosigned by a server as growth from nothing, and the note carries its line', async () => {
    const note = sealed.notes[1];
    const lines = north.line(note, 1_700_000_000);
    const { answer, asked, warned, measured, recalled } = await offered(sealed, [at(north)], {
      [ofNorth]: { taken: [{ kind: 'kept', lines }] },
    });
    const { origin } = sealed.ledger.session.ledger;
    expect(answer).toEqual({ cosignings: [outcome(at(north), 'cosigned')], note: note + lines, contradiction: null });
    expect(asked).toEqual([
      [ofNorth, `show ${origin}, remembered in /w`],
      [ofNorth, `take ${origin}`, { old: 0, size: 9, proof: [], note }],
    ]);
    expect([warned, measured, recalled]).toEqual([[], missing(0), []]);
  });

  test('is offered as growth of what the witness shows, with the proof', async () => {
    const [before, note] = sealed.notes;
    const newest = { file: 'north', note: before };
    const { asked, recalled } = await offered(sealed, [at(north)], {
      [ofNorth]: { shown: [{ kind: 'shown', newest }], taken: [{ kind: 'kept', lines: north.line(note, 1) }] },
    });
    const offer = asked[1]![2]!;
    const [from, to] = [readUnverifiedCheckpoint(before), readUnverifiedCheckpoint(note)];
    expect({ ...offer, proof: verifyConsistency(sha256, { from: 5, to: 9, fromRoot: from.root, toRoot: to.root }, offer.proof) }).toEqual({
      old: 5,
      size: 9,
      proof: true,
      note,
    });
    expect(recalled).toEqual([from]);
  });

  test('is offered again by the size that a witness says, and given up after five other sizes', async () => {
    const lines = north.line(sealed.notes[1], 1);
    const once = await offered(sealed, [at(north)], {
      [ofNorth]: {
        taken: [
          { kind: 'other size', size: 5 },
          { kind: 'kept', lines },
        ],
      },
    });
    expect(once.answer.cosignings).toEqual([outcome(at(north), 'cosigned')]);
    expect(once.asked.slice(1).map(([, , offer]) => offer!.old)).toEqual([0, 5]);
    const sizes = [1, 2, 3, 4, 5].map((size): Taken => ({ kind: 'other size', size }));
    const never = await offered(sealed, [at(north)], { [ofNorth]: { taken: sizes } });
    const why = 'it remembered another size at each of 5 tries';
    expect(never.answer).toEqual({ cosignings: [outcome(at(north), 'away', why)], note: sealed.notes[1], contradiction: null });
    expect(never.asked.slice(1).map(([, , offer]) => offer!.old)).toEqual([0, 1, 2, 3, 4]);
    expect([never.warned, never.measured]).toEqual([[[{ place: ofNorth, outcome: 'away', why }, away]], missing(1)]);
  });

  test('is kept by a repository, which proves and signs nothing', async () => {
    const { answer, asked } = await offered(sealed, [repository], {
      [repository.place]: {
        shown: [{ kind: 'shown', newest: { file: 'r', note: sealed.notes[0] } }],
        taken: [{ kind: 'kept', lines: 'x' }],
      },
    });
    expect(answer).toEqual({ cosignings: [outcome(repository, 'kept')], note: sealed.notes[1], contradiction: null });
    expect(asked[1]![2]).toEqual({ old: 5, size: 9, proof: [], note: sealed.notes[1] });
  });

  test('is not cosigned by an answer that does not verify', async () => {
    const lines = north.line(sealed.notes[0], 1);
    const { answer, warned, measured } = await offered(sealed, [at(north)], { [ofNorth]: { taken: [{ kind: 'kept', lines }] } });
    const why = 'its answer is not what it should be: the cosignature of north.example does not verify';
    expect(answer).toEqual({ cosignings: [outcome(at(north), 'refused', why)], note: sealed.notes[1], contradiction: null });
    expect([warned, measured]).toEqual([[[{ place: ofNorth, outcome: 'refused', why }, away]], missing(1)]);
  });

  test.each(['refused', 'away'] as const)('is told where a witness says "%s", and the others are asked', async (kind) => {
    const lines = south.line(sealed.notes[1], 1);
    const { answer, measured } = await offered(sealed, [at(north), at(south)], {
      [ofNorth]: { taken: [{ kind, why: 'not now' }] },
      [at(south).place]: { taken: [{ kind: 'kept', lines }] },
    });
    expect(answer).toEqual({
      cosignings: [outcome(at(north), kind, 'not now'), outcome(at(south), 'cosigned')],
      note: sealed.notes[1] + lines,
      contradiction: null,
    });
    expect(measured).toEqual(missing(1));
  });

  test('is asked of nobody by what a witness shows that is away, or shows no checkpoint of this ledger', async () => {
    const lines = north.line(sealed.notes[1], 1);
    const foreign = { file: 'north', note: noteBy(numberedKey(1), 400) };
    const { recalled, warned, answer } = await offered(sealed, [at(north), at(south)], {
      [ofNorth]: { shown: [{ kind: 'shown', newest: foreign }], taken: [{ kind: 'kept', lines }] },
      [at(south).place]: { shown: [{ kind: 'away', why: 'no route' }], taken: [{ kind: 'away', why: 'no route' }] },
    });
    expect(recalled).toEqual([]);
    expect(warned[0]).toEqual([
      { place: ofNorth, why: 'north: the note is not signed by the verifier key given' },
      'a witness shows what is no checkpoint of this ledger',
    ]);
    expect(answer.cosignings.map((one) => one.outcome)).toEqual(['cosigned', 'away']);
  });

  test('is behind where another process has sealed and offered further meanwhile', async () => {
    const grown = await sealedTwice('behind');
    await addRun(grown.ledger.session.ports.store, 'c');
    const { treeSize, checkpoint } = await createSealer(grown.ledger.session, grown.ledger.settings).seal();
    expect(treeSize).toBe(13);
    const remembers = { [ofNorth]: { taken: [{ kind: 'other size', size: 13 } as const] } };
    expect((await offered(grown, [at(north)], remembers)).answer).toEqual({
      cosignings: [outcome(at(north), 'behind')],
      note: grown.notes[1],
      contradiction: null,
    });
    const shows = { [ofNorth]: { shown: [{ kind: 'shown', newest: { file: 'n', note: checkpoint } } as const], taken: [] } };
    const { answer, measured } = await offered(grown, [at(north)], shows);
    expect(answer.cosignings).toEqual([outcome(at(north), 'behind')]);
    expect(measured).toEqual(missing(0));
  });
});

const contradicted = (why: string, witnessedSize: number | null, witnessed: string | null) => ({
  code: 'CheckpointInconsistent',
  message: `the witness ${ofNorth} has seen another ledger under this name: ${why}`,
  evidence: { place: ofNorth, sealed: sealed.notes[1], witnessed, witnessedSize },
});

const toldOf = (error: LedgerError | null) => {
  const { code, message, evidence } = error!;
  return { code, message, evidence };
};

describe('a witness contradicts a seal', () => {
  const shown = { kind: 'shown', newest: { file: 'north', note: 'what it has' } } as const;

  test('where it says so, and what it shows is the evidence', async () => {
    const { answer, measured } = await offered(sealed, [at(north), at(south)], {
      [ofNorth]: { shown: [showsNothing, shown], taken: [{ kind: 'contradicted', why: 'another root' }] },
      [at(south).place]: { taken: [{ kind: 'kept', lines: south.line(sealed.notes[1], 1) }] },
    });
    expect(toldOf(answer.contradiction)).toEqual(contradicted('another root', null, 'what it has'));
    expect(answer.cosignings).toEqual([outcome(at(south), 'cosigned')]);
    expect(measured).toEqual(missing(1));
  });

  test('where it remembers more than the ledger has', async () => {
    const { answer } = await offered(sealed, [at(north)], {
      [ofNorth]: { shown: [showsNothing, { kind: 'away', why: 'gone' }], taken: [{ kind: 'other size', size: 10 }] },
    });
    expect(toldOf(answer.contradiction)).toEqual(contradicted('it remembers 10 events, and the ledger has 9', 10, null));
    expect(answer.cosignings).toEqual([]);
  });

  test('where it has another root of the same size', async () => {
    const { answer } = await offered(sealed, [at(north)], {
      [ofNorth]: { shown: [showsNothing, shown], taken: [{ kind: 'other size', size: 9 }] },
    });
    expect(toldOf(answer.contradiction)).toEqual(contradicted('another root of 9 events, a split view', 9, 'what it has'));
  });

  test('but a fault of this machine is one', async () => {
    const fault = new LedgerError('StoreIo', 'the disk says no');
    await expect(offered(sealed, [at(north)], { [ofNorth]: { taken: [fault] } })).rejects.toBe(fault);
  });
});
