/** The chain of keys of a ledger: what puts a key in force, over which leaves, and what breaks the chain. */
import { describe, expect, test } from '@jest/globals';
import { toBase64 } from '../../../domain/audit/base64.ts';
import { draftEvent } from '../../../domain/catalogue.ts';
import { derivedUuid } from '../../../domain/run/derived-uuid.ts';
import type { DraftEvent } from '../../../domain/shared/envelope.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { toHex } from '../../../domain/shared/hashing.ts';
import type { SigningKeyRotated } from '../../../domain/shared/ledger-events.ts';
import { examinedKeys, KeyHistory, keysOf, ledgerIdOf, nextKey, rotationMessage } from '../../../handlers/ledger/keys.ts';
import type { Ports } from '../../../handlers/ports/ports.ts';
import { appendBatch } from '../../support/grown-ledger.ts';
import { memorySession } from '../../support/imported-run.ts';
import { type NumberedKey, numberedKey } from '../../support/numbered-keys.ts';

const { crypto, ids } = memorySession().ports;
const [first, second, third] = [numberedKey(1), numberedKey(2), numberedKey(3)];
const now = '2026-11-21T08:00:00.000Z';

const idOf = ({ key }: NumberedKey): string => derivedUuid(ids.uuidV5, ['ledger', toHex(key.publicKey)]);
const opened = (by: NumberedKey, change: object = {}): DraftEvent =>
  draftEvent('LedgerOpened', { ledgerId: idOf(by), origin: 'desk.example', verifierKey: by.text, ...change });

function rotation(from: NumberedKey, to: NumberedKey, change: Partial<SigningKeyRotated> = {}): SigningKeyRotated {
  const why = 'a test';
  const signature = toBase64(crypto.sign(from.seed, rotationMessage(from.text, to.text, why)));
  return { verifierKeyBefore: from.text, verifierKeyAfter: to.text, signature, why, ...change };
}
const rotated = (from: NumberedKey, to: NumberedKey, change: Partial<SigningKeyRotated> = {}): DraftEvent =>
  draftEvent('SigningKeyRotated', rotation(from, to, change));
const jump = draftEvent('ClockJumpAccepted', { before: now, after: '2027-11-21T08:00:00.000Z', why: 'a test' });

/** A store whose stream of the ledger holds these, at the positions 7, 14, 21, ... */
async function ledgerOf(...drafts: readonly DraftEvent[]): Promise<Ports> {
  const { ports } = memorySession();
  if (drafts.length > 0) await appendBatch(ports.store, { stream: 'ledger', drafts }, now);
  return ports;
}

async function refusalOf(asked: Promise<unknown>) {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    const { code, message, evidence } = error;
    return { code, message, evidence };
  }
}

const broken = (message: string, evidence: object) => ({ code: 'ChainBroken', message, evidence });
const ofRotation = (from: NumberedKey, to: NumberedKey) => ({ verifierKeyBefore: from.text, verifierKeyAfter: to.text });
const notInForce = 'a rotation of the signing key hands over from another key than the one in force';
const notSigned = 'a rotation of the signing key is not signed by the key before it';
const otherName = numberedKey(4, 'other.example');

test('an old key signs a text that names both keys and the reason', () => {
  expect(new TextDecoder().decode(rotationMessage('a', 'b', 'why'))).toBe('sleeve-ledger key rotation\na\nb\nwhy\n');
});

test('a ledger is named by the key that opened it', () => {
  expect(ledgerIdOf(ids.uuidV5, first.key.publicKey)).toBe(idOf(first));
  expect(idOf(first)).not.toBe(idOf(second));
});

describe('a rotation puts the next key in force', () => {
  test('where the key in force has signed it', () => {
    expect(nextKey({ crypto }, [first.key], rotation(first, second))).toEqual(second.key);
    expect(nextKey({ crypto }, [first.key, second.key], rotation(second, third))).toEqual(third.key);
  });

  const byStranger = toBase64(crypto.sign(third.seed, rotationMessage(first.text, second.text, 'a test')));
  test.each<[string, readonly NumberedKey[], SigningKeyRotated, object]>([
    ['there is no key before it', [], rotation(first, second), broken(notInForce, ofRotation(first, second))],
    ['it hands over from a retired key', [first, second], rotation(first, third), broken(notInForce, ofRotation(first, third))],
    ['its signature is no base 64', [first], rotation(first, second, { signature: '!' }), broken(notSigned, ofRotation(first, second))],
    ['somebody else signed it', [first], rotation(first, second, { signature: byStranger }), broken(notSigned, ofRotation(first, second))],
    ['its reason was changed', [first], rotation(first, second, { why: 'another' }), broken(notSigned, ofRotation(first, second))],
    [
      'the next key bears another name',
      [first],
      rotation(first, otherName),
      broken('a rotation of the signing key changes the name under which the ledger signs', ofRotation(first, otherName)),
    ],
    [
      'the next key was retired before',
      [first, second],
      rotation(second, first),
      broken('a rotation of the signing key hands over to a key that has been retired', ofRotation(second, first)),
    ],
  ])('but not where %s', async (_, keys, data, refusal) => {
    const asked = async (): Promise<unknown> =>
      nextKey(
        { crypto },
        keys.map(({ key }) => key),
        data,
      );
    expect(await refusalOf(asked())).toEqual(refusal);
  });
});

const sealOfVersion1 = (treeSize: number): DraftEvent => ({
  type: 'LedgerSealed',
  schemaVersion: 1,
  data: { treeSize, root: 'a'.repeat(64), checkpoint: 'note' },
});

describe('the history of the keys', () => {
  test('is none of a store without a ledger', async () => {
    const history = await new KeyHistory(await ledgerOf()).refresh();
    expect([history.keys, history.opened, history.lastSealHere]).toEqual([[], null, null]);
    expect(await refusalOf((async () => history.inForceAt('7'))())).toEqual({
      code: 'CheckpointInvalid',
      message: 'the ledger names no key that could have signed it',
      evidence: { position: '7' },
    });
  });

  test('has every key with the position from which on it signs, and what opened the ledger', async () => {
    const ports = await ledgerOf(opened(first), jump, rotated(first, second), rotated(second, third));
    const history = await new KeyHistory(ports).refresh();
    expect(history.keys).toEqual([first.key, second.key, third.key]);
    expect(await keysOf(ports)).toEqual(history.keys);
    expect(history.opened).toEqual(opened(first).data);
    expect(['7', '14', '20', '21', '27', '28', '99'].map((position) => history.inForceAt(position))).toEqual(
      [first, first, first, second, second, third, third].map(({ key }) => key),
    );
    expect(await refusalOf((async () => history.inForceAt('6'))())).toMatchObject({
      code: 'CheckpointInvalid',
      evidence: { position: '6' },
    });
  });

  test('is read on from where it was read to, and not twice', async () => {
    const ports = await ledgerOf(opened(first));
    const history = await new KeyHistory(ports).refresh();
    await appendBatch(ports.store, { stream: 'ledger', drafts: [rotated(first, second)] }, now);
    await history.refresh();
    await history.refresh();
    expect(history.keys).toEqual([first.key, second.key]);
  });

  test('has the newest seal that stands in the same stream, as release 0.1.0 wrote them', async () => {
    const history = await new KeyHistory(await ledgerOf(opened(first), sealOfVersion1(1), sealOfVersion1(2))).refresh();
    expect(history.lastSealHere).toMatchObject({ stream: 'ledger', revision: 2n, type: 'LedgerSealed' });
    expect(history.keys).toEqual([first.key]);
  });

  const again = (revision: number) =>
    broken(`the ledger is opened again by ledger@${revision}: a ledger has one LedgerOpened, its first event`, {
      stream: 'ledger',
      revision,
      verifierKey: second.text,
    });
  test.each<[string, readonly DraftEvent[], object]>([
    ['is opened twice', [opened(first), opened(second)], again(1)],
    ['is not opened by its first event', [jump, opened(second)], again(1)],
    [
      'is opened under another name than that of its key',
      [opened(first, { origin: 'other.example' })],
      broken('the ledger is opened under another name than that of its key', { origin: 'other.example', verifierKey: first.text }),
    ],
    ['begins with a rotation', [rotated(first, second)], broken(notInForce, ofRotation(first, second))],
  ])('is no chain where the ledger %s', async (_, drafts, refusal) => {
    expect(await refusalOf(keysOf(await ledgerOf(...drafts)))).toEqual(refusal);
  });
});

const invalid = (revision: number, actual: string) => ({
  kind: 'rotation_invalid',
  stream: 'ledger',
  revision,
  position: String(7 * (revision + 1)),
  expected: 'a rotation signed by the key in force',
  actual,
});

const linksOf = (...keys: readonly (readonly [NumberedKey, bigint])[]) => keys.map(([{ key }, revision]) => ({ key, revision }));

describe('the keys, examined', () => {
  test('are a chain of links without a fault', async () => {
    expect(await examinedKeys(await ledgerOf(opened(first), jump, rotated(first, second)))).toEqual({
      links: linksOf([first, 0n], [second, 2n]),
      faults: [],
    });
  });

  test('go on behind a rotation that is invalid, which puts no key in force', async () => {
    const forged = rotated(first, third, { why: 'another' });
    expect(await examinedKeys(await ledgerOf(opened(first), forged, rotated(first, second)))).toEqual({
      links: linksOf([first, 0n], [second, 2n]),
      faults: [invalid(1, notSigned)],
    });
  });

  test('do not tell a second opening, which is told with its leaf', async () => {
    expect(await examinedKeys(await ledgerOf(opened(first), opened(second)))).toEqual({ links: linksOf([first, 0n]), faults: [] });
  });

  test('tell a first opening that opens nothing', async () => {
    expect(await examinedKeys(await ledgerOf(opened(first, { origin: 'other.example' })))).toEqual({
      links: [],
      faults: [
        {
          kind: 'ledger_stream_unreadable',
          stream: 'ledger',
          revision: 0,
          position: '7',
          expected: 'LedgerOpened',
          actual: 'the ledger is opened under another name than that of its key',
        },
      ],
    });
  });

  test('tell a ledger that bears another id than its key gives', async () => {
    expect(await examinedKeys(await ledgerOf(opened(first, { ledgerId: idOf(second) }), rotated(first, second)))).toEqual({
      links: linksOf([first, 0n], [second, 1n]),
      faults: [{ kind: 'ledger_id_differs', stream: 'ledger', revision: 0, position: '7', expected: idOf(first), actual: idOf(second) }],
    });
  });
});
