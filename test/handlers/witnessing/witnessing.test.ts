/** What a witness answers to each request, what it keeps, and what it says of who contradicts it. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { cosignerKeyOf, openCosignature } from '../../../domain/audit/cosignature.ts';
import { formatAddCheckpoint } from '../../../domain/audit/add-checkpoint.ts';
import type { VerifierKey } from '../../../domain/audit/signed-note.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { toHex } from '../../../domain/shared/hashing.ts';
import type { WitnessMemory } from '../../../handlers/ports/witness.ts';
import { createWitnessing, type Witnessing } from '../../../handlers/witnessing/witnessing.ts';
import { openWitnessMemory } from '../../../infra/witness/witness-memory.ts';
import { WatchedSession } from '../../support/watched-session.ts';
import { SomeLog } from '../../support/witness-program.ts';

const origin = 'example.com/log';
const log = new SomeLog(origin);
const stranger = new SomeLog('example.com/stranger');
const tree = log.tree('main', 3, 4);
const other = log.tree('other', 3, 4);

let watched: WatchedSession;
let memory: WitnessMemory;
let witnessing: Witnessing;
let key: ReturnType<typeof cosignerKeyOf>;

beforeEach(() => {
  watched = new WatchedSession();
  memory = openWitnessMemory(':memory:');
  const { crypto } = watched.session.ports;
  const { privateSeed, publicKey } = crypto.newKeyPair();
  key = cosignerKeyOf(crypto.sha256, 'example.com/witness', publicKey);
  const logs = new Map<string, readonly VerifierKey[]>([[origin, [log.key]]]);
  witnessing = createWitnessing(watched.session.ports, memory, { key, sign: (message) => crypto.sign(privateSeed, message) }, logs);
});

afterEach(() => memory.close());

const rootOf = (of: typeof tree, size: number): string => toHex(of.root(size));

test('what has grown is cosigned with the time, kept with its cosignature, and counted', () => {
  const answer = witnessing.addCheckpoint(log.request(tree, 0, 3));
  if (answer.kind !== 'cosigned') throw new Error(answer.why);
  const note = log.note(tree, 3);
  expect(witnessing.lastCosigned(origin)).toBe(note + answer.lines);
  // Whole seconds: 2026-01-02T03:04:05Z by `date -d 2026-01-02T03:04:05Z +%s`.
  expect(openCosignature(note + answer.lines, key, watched.session.ports.crypto.verify)).toEqual({
    name: 'example.com/witness',
    timeSeconds: 1_767_323_045,
  });
  expect(answer.lines.split('\n').length).toBe(2);
  expect([witnessing.cosigned(), watched.lines, memory.refused(origin)]).toEqual([1, [], []]);
  expect(witnessing.addCheckpoint(log.request(tree, 3))).toMatchObject({ kind: 'cosigned' });
  expect(witnessing.lastCosigned(origin)).toContain(log.note(tree));
  expect([witnessing.cosigned(), witnessing.lastCosigned('example.com/stranger')]).toEqual([2, null]);
});

describe('not cosigned, and nothing kept of it', () => {
  beforeEach(() => {
    witnessing.addCheckpoint(log.request(tree, 0, 3));
  });

  test.each<[string, () => string, object]>([
    [
      'what is no request',
      () => 'hello',
      { kind: 'malformed', why: 'a request is an old size, a proof, an empty line and a signed checkpoint' },
    ],
    ['a request with no checkpoint in it', () => 'old 3\n\nhello', { kind: 'malformed', why: expect.any(String) as unknown }],
    [
      'the checkpoint of a log that it does not look after',
      (): string => stranger.request(tree, 0),
      { kind: 'unknown origin', why: 'this witness does not look after example.com/stranger' },
    ],
    [
      'a checkpoint that somebody else signed',
      () => new SomeLog(origin).request(tree, 3),
      { kind: 'not signed', why: `the checkpoint is not signed by a key known for ${origin}` },
    ],
    [
      'growth of less than it has cosigned',
      () => log.request(tree, 2, 5),
      { kind: 'other size', size: 3, why: 'the checkpoint cosigned last has 3 leaves, not 2' },
    ],
    [
      'a tree that is shorter than what it grew from',
      () => formatAddCheckpoint({ old: 5, proof: [], note: log.note(tree, 4) }),
      { kind: 'old beyond new', why: 'the old size 5 is beyond the checkpoint of 4 leaves' },
    ],
  ])('%s', (_, body, answer) => {
    const before = witnessing.lastCosigned(origin);
    expect(witnessing.addCheckpoint(body())).toEqual(answer);
    expect(witnessing.lastCosigned(origin)).toBe(before);
    expect([witnessing.cosigned(), watched.lines, memory.refused(origin)]).toEqual([1, [], []]);
  });

  test('a stranger takes no lock of the memory', () => {
    const replace = jest.spyOn(memory, 'replace');
    witnessing.addCheckpoint(stranger.request(tree, 0));
    expect(replace).not.toHaveBeenCalled();
  });

  test('what cannot be kept is not said to be cosigned', () => {
    jest.spyOn(memory, 'replace').mockImplementation(() => {
      throw new LedgerError('StoreFull', 'no room');
    });
    expect(() => witnessing.addCheckpoint(log.request(tree, 3))).toThrow(expect.objectContaining({ code: 'StoreFull' }));
    expect(witnessing.cosigned()).toBe(1);
  });

  test('a fault of this program in reading is no fault of the request', () => {
    const broken = { indexOf: () => 0, slice: () => 1 } as unknown as string;
    expect(() => witnessing.addCheckpoint(broken)).toThrow(TypeError);
  });

  describe('but a claim that contradicts what was cosigned is kept, and logged', () => {
    test.each([
      [
        'another tree of the same size',
        () => log.tree('third', 0, 3),
        3,
        (claimed: typeof tree) => ({
          kind: 'split view',
          size: 3,
          why: `a split view: 3 leaves under ${rootOf(tree, 3)} were cosigned, and 3 leaves under ${rootOf(claimed, 3)} are claimed`,
        }),
      ],
      [
        'a greater tree that does not extend it',
        () => log.tree('third', 0, 5),
        5,
        (claimed: typeof tree) => ({
          kind: 'inconsistent',
          why: `no proof that 5 leaves under ${rootOf(claimed, 5)} extend 3 leaves under ${rootOf(tree, 3)}`,
        }),
      ],
    ])('%s', (_, treeOf, size, answer) => {
      const claimed = treeOf();
      expect(witnessing.addCheckpoint(log.request(claimed, 3, size))).toEqual(answer(claimed));
      const note = log.note(claimed, size);
      expect(memory.refused(origin)).toEqual([note]);
      expect(watched.lines).toEqual([
        {
          level: 'warn',
          message: 'refused a checkpoint that contradicts what was cosigned',
          fields: { origin, cosigned: witnessing.lastCosigned(origin), refused: note },
        },
      ]);
      expect(witnessing.lastCosigned(origin)).toContain(log.note(tree, 3));
      expect(witnessing.cosigned()).toBe(1);
    });
  });
});

test('a branch that shares what was cosigned is growth; the other one is refused then', () => {
  expect(witnessing.addCheckpoint(log.request(tree, 0, 3)).kind).toBe('cosigned');
  expect(witnessing.addCheckpoint(log.request(other, 3)).kind).toBe('cosigned');
  expect(witnessing.addCheckpoint(log.request(tree, 7)).kind).toBe('split view');
});
