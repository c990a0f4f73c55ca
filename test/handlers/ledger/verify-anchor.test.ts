/** What a verification rests on, and how far: no answer may say more than what vouches for it. */
import { describe, expect, test } from '@jest/globals';
import { createNodeCrypto } from '../../../infra/crypto/node-crypto.ts';
import { anchorOf, type Brought, givenKey } from '../../../handlers/ledger/verify-anchor.ts';
import type { HeldCheckpoint } from '../../../handlers/ledger/verify-witness.ts';
import type { Scan } from '../../../handlers/ledger/verify-scan.ts';
import type { CosignedTo } from '../../../handlers/ledger/verify-cosignatures.ts';
import { numberedKey } from '../../support/numbered-keys.ts';
import { refusalOf } from '../../support/refusal.ts';
import { heldAt, scanOf } from '../../support/scanned-ledger.ts';

const crypto = createNodeCrypto();
const [first, second, stranger] = [numberedKey(1), numberedKey(2), numberedKey(3)];
const chain = [
  { key: first.key, revision: 0n },
  { key: second.key, revision: 3n },
];

interface Given {
  readonly brought?: Partial<Brought>;
  readonly links?: typeof chain;
  readonly scan?: Partial<Scan>;
  readonly held?: readonly HeldCheckpoint[];
  readonly witnessedTo?: number;
  readonly cosigned?: CosignedTo | null;
}

const anchored = ({ brought = {}, links = chain, scan = {}, held = [], witnessedTo = 0, cosigned = null }: Given) =>
  anchorOf(
    { verifierKey: null, checkpoint: null, witnessDirectory: null, ...brought },
    links,
    scanOf(scan),
    { faults: [], held, sealedTo: witnessedTo },
    cosigned,
  );

const checkpoint = { file: '/kept.checkpoint', note: 'note', verifierKey: null };
const nowhere = { stream: null, revision: null, position: null };
const bring = 'Bring your own: --vkey KEY, --checkpoint FILE.';

const byKeyGiven = (key: typeof first, given: Given) => anchored({ ...given, brought: { ...given.brought, verifierKey: key.key } });

const coveredByKey = ({ text }: typeof first, to: number, tail = '') => ({
  anchor: {
    by: 'key',
    verifierKey: text,
    coveredTo: to,
    statement:
      `Anchored in the key given, ${text}: the first ${to} events are those that it, or a key that it handed over to by its ` +
      `signature, has sealed.${tail}`,
  },
  faults: [],
});

const vouchesForNothing = ({ text }: typeof first, kind: string, expected: string, actual: string) => ({
  anchor: { by: 'key', verifierKey: text, coveredTo: 0, statement: `The key given, ${text}, vouches for nothing in this store.` },
  faults: [{ kind, ...nowhere, expected, actual }],
});

const unsigned = (events: string) => ` ${events} not signed: whoever may write the store could have made or cut them.`;

describe('a key that was given', () => {
  test('vouches for what it has sealed and for what the keys after it have', () => {
    expect(byKeyGiven(first, { scan: { sealedTo: 10, sealedBy: [6, 10] } })).toEqual(coveredByKey(first, 10));
    expect(byKeyGiven(second, { scan: { sealedTo: 10, sealedBy: [6, 10] } })).toEqual(coveredByKey(second, 10));
    expect(byKeyGiven(first, { scan: { sealedTo: 10, sealedBy: [undefined, 10] } })).toEqual(coveredByKey(first, 10));
  });

  test('says how many events after those are signed by nobody', () => {
    expect(byKeyGiven(first, { scan: { sealedTo: 9, sealedBy: [9] } })).toEqual(
      coveredByKey(first, 9, unsigned('The event after them is')),
    );
    expect(byKeyGiven(first, { scan: { sealedTo: 8, sealedBy: [8] } })).toEqual(
      coveredByKey(first, 8, unsigned('The 2 events after them are')),
    );
  });

  test('vouches for nothing that only a key before it has sealed', () => {
    const expected = `a seal of ${second.text}, or of a key that it handed over to`;
    expect(byKeyGiven(second, { scan: { sealedTo: 6, sealedBy: [6] } })).toEqual(
      vouchesForNothing(second, 'key_signed_nothing', expected, 'none'),
    );
    expect(byKeyGiven(second, { scan: { sealedTo: 6, sealedBy: [6] }, held: [heldAt('/w/6', 6, 0)], witnessedTo: 6 })).toEqual(
      vouchesForNothing(second, 'key_signed_nothing', expected, 'none'),
    );
  });

  test('vouches for a checkpoint outside that it, or a key after it, has signed', () => {
    expect(byKeyGiven(second, { held: [heldAt('/w/4', 4, 0), heldAt('/w/10', 10, 1)], witnessedTo: 10 })).toEqual(coveredByKey(second, 10));
    expect(byKeyGiven(first, { held: [heldAt('/w/4', 4, 0), heldAt('/w/10', 10, 1)], witnessedTo: 10 })).toEqual(coveredByKey(first, 10));
  });

  test('covers with a checkpoint of their own what was sealed behind it', () => {
    const held = [heldAt(checkpoint.file, 4, 0)];
    expect(byKeyGiven(second, { scan: { sealedTo: 10, sealedBy: [10, 7] }, brought: { checkpoint }, held, witnessedTo: 4 })).toEqual(
      coveredByKey(second, 10),
    );
    const ofNothing = [heldAt(checkpoint.file, 0, 0)];
    expect(byKeyGiven(second, { scan: { sealedTo: 10, sealedBy: [10, 7] }, brought: { checkpoint }, held: ofNothing })).toEqual(
      coveredByKey(second, 7, unsigned('The 3 events after them are')),
    );
    expect(
      byKeyGiven(second, { scan: { sealedTo: 10, sealedBy: [10, 7] }, brought: { checkpoint }, held: [heldAt('/w/4', 4, 0)] }),
    ).toEqual(coveredByKey(second, 7, unsigned('The 3 events after them are')));
  });

  test('of another ledger is a fault that names the keys of this one', () => {
    const expected = `a ledger of the key ${stranger.text}`;
    expect(byKeyGiven(stranger, { scan: { sealedTo: 10, sealedBy: [10] } })).toEqual(
      vouchesForNothing(stranger, 'key_unknown', expected, `the keys ${first.text}, ${second.text}`),
    );
    expect(byKeyGiven(stranger, { links: [] })).toEqual(vouchesForNothing(stranger, 'key_unknown', expected, 'the keys of nobody'));
  });
});

const coveredByCheckpoint = (to: number, statement: string) => ({
  anchor: { by: 'checkpoint', verifierKey: null, coveredTo: to, statement },
  faults: [],
});

describe('a checkpoint that was given', () => {
  const made = (size: number): string =>
    `Anchored in the checkpoint ${checkpoint.file}: the first ${size} events are those that it was made over.`;
  const by = (given: Given) => anchored({ ...given, brought: { checkpoint, witnessDirectory: '/w' } });

  test('covers what it was made over', () => {
    expect(by({ scan: { sealedTo: 10 }, held: [heldAt(checkpoint.file, 10)], witnessedTo: 10 })).toEqual(coveredByCheckpoint(10, made(10)));
  });

  test('covers what was sealed behind it, and says so apart', () => {
    expect(by({ scan: { sealedTo: 8 }, held: [heldAt('/w/9', 9), heldAt(checkpoint.file, 4)], witnessedTo: 9 })).toEqual(
      coveredByCheckpoint(
        9,
        `${made(4)} Up to event 9 they are sealed by keys that follow from these by signature. The event after them is not signed: ` +
          'whoever may write the store could have made or cut them.',
      ),
    );
  });

  test.each<[string, readonly HeldCheckpoint[]]>([
    ['does not hold', []],
    ['does not hold, whatever others do', [heldAt('/w/9', 9)]],
    ['covers no events', [heldAt(checkpoint.file, 0)]],
  ])('vouches for nothing where it %s', (_, held) => {
    expect(by({ scan: { sealedTo: 10 }, held, witnessedTo: 9 })).toEqual(
      coveredByCheckpoint(0, `The checkpoint ${checkpoint.file} vouches for nothing in this store.`),
    );
  });
});

const cosignedUpTo = (to: number): CosignedTo => ({ to, quorum: null, by: [] });

const byWitness = (to: number, statement: string) => ({
  anchor: { by: 'witness', verifierKey: null, coveredTo: to, statement },
  faults: [],
});

describe('without a key and a checkpoint', () => {
  const cosignedTo = (to: number): string =>
    `Cosigned up to event ${to} by witnesses that the settings or the key file name: whoever may write those beside the store can name ` +
    `witnesses of their own. ${bring}`;
  const nothing = {
    anchor: {
      by: 'nothing',
      verifierKey: null,
      coveredTo: 0,
      statement:
        'Nothing outside the store anchors this verification: it shows that the store agrees with itself, not whose it is. A key file ' +
        `beside the store is no anchor where whoever writes the store may write it too. ${bring}`,
    },
    faults: [],
  };

  test('a verification rests on witnesses that cosigned, and on what the folder covers beyond them', () => {
    expect(anchored({ cosigned: cosignedUpTo(6), witnessedTo: 4 })).toEqual(byWitness(6, cosignedTo(6)));
    expect(anchored({ cosigned: cosignedUpTo(6), witnessedTo: 8, held: [heldAt('/w/8', 8)] })).toEqual(byWitness(8, cosignedTo(6)));
  });

  test('a verification rests on the folder of the witness where nobody has cosigned', () => {
    const folder = byWitness(
      8,
      `Compared with the checkpoints in /w, up to event 8: whoever may write both the store and that folder can make them agree. ${bring}`,
    );
    const given = { brought: { witnessDirectory: '/w' }, witnessedTo: 8, held: [heldAt('/w/8', 8)] };
    expect(anchored(given)).toEqual(folder);
    expect(anchored({ ...given, cosigned: cosignedUpTo(0) })).toEqual(folder);
  });

  test('a verification rests on nothing where there is no folder, or no checkpoint of it that holds', () => {
    expect(anchored({ scan: { sealedTo: 10 } })).toEqual(nothing);
    expect(anchored({ held: [heldAt('/w/8', 8)], witnessedTo: 8 })).toEqual(nothing);
    expect(anchored({ brought: { witnessDirectory: '/w' } })).toEqual(nothing);
  });
});

test('a verifier key that is malformed is a wrong flag, with the reason', () => {
  expect(givenKey({ crypto }, first.text)).toEqual(first.key);
  const { code, message, at, evidence, cause } = refusalOf(() => givenKey({ crypto }, first.text.replace('desk', 'disk')));
  expect({ code, message, at }).toEqual({
    code: 'Usage',
    message: '--vkey is no verifier key: the key id is not that of the key',
    at: { path: '--vkey' },
  });
  expect(evidence).toMatchObject({ name: 'disk.example', actual: first.key.keyId });
  expect(cause).toBeDefined();
});
