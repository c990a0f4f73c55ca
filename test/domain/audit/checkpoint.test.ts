import { describe, expect, test } from '@jest/globals';
import { assert, property, uint8Array } from 'fast-check';
import { fromBase64, toBase64 } from '../../../domain/audit/base64.ts';
import {
  formatCheckpoint,
  openCheckpoint,
  parseCheckpoint,
  readUnverifiedCheckpoint,
  requireExtends,
  signCheckpoint,
} from '../../../domain/audit/checkpoint.ts';
import {
  addSignature,
  formatVerifierKey,
  parseNote,
  parseVerifierKey,
  signNote,
  verifierKeyOf,
  verifyNote,
} from '../../../domain/audit/signed-note.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import notes from '../../golden/audit/signed-notes.json' with { type: 'json' };
import { crypto, sha256, signingKey, smallLedger, verifySignature } from '../../support/audit-log.ts';

const [peter, both, sofa] = notes as [(typeof notes)[0], (typeof notes)[0], (typeof notes)[0]];
const keyOf = (text: string) => parseVerifierKey(sha256, text);

function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof LedgerError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('published signed notes', () => {
  test("PeterNeumann's note of the Go documentation verifies, and his key text survives a round trip", () => {
    const key = keyOf(peter.verifierKey);
    expect(key.keyId).toBe('c74f20a3');
    expect(formatVerifierKey(key)).toBe(peter.verifierKey);
    expect(verifyNote(peter.note, key, verifySignature).text).toBe(peter.note.slice(0, peter.note.indexOf('\n\n') + 1));
  });

  test('signing the same text with the published private key gives the published note, byte for byte', () => {
    const seed = fromBase64(peter.seedKey!)!.subarray(1);
    const key = verifierKeyOf(sha256, 'PeterNeumann', crypto.publicKeyOf(seed));
    expect(formatVerifierKey(key)).toBe(peter.verifierKey);
    const text = peter.note.slice(0, peter.note.indexOf('\n\n') + 1);
    expect(signNote(text, key, (message) => crypto.sign(seed, message))).toBe(peter.note);
  });

  test('the doubly signed note verifies with either key, the other signature being ignored', () => {
    for (const verifierKey of [peter.verifierKey, both.verifierKey]) {
      expect(verifyNote(both.note, keyOf(verifierKey), verifySignature).signatures.map(({ name }) => name)).toEqual([
        'PeterNeumann',
        'EnochRoot',
      ]);
    }
    expect(refusal(() => verifyNote(peter.note, keyOf(both.verifierKey), verifySignature))).toBe('CheckpointInvalid');
  });

  test('the C2SP example reads as a checkpoint, and its signature is one of sum.golang.org over the Go checksum tree', () => {
    const checkpoint = readUnverifiedCheckpoint(sofa.note);
    expect(checkpoint.origin).toBe('example.com/behind-the-sofa');
    expect(checkpoint.size).toBe(20852163);
    expect(toBase64(checkpoint.root)).toBe('CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=');
    const original = sofa.note
      .replace('example.com/behind-the-sofa\n', 'go.sum database tree\n')
      .replace('— example.com/behind-the-sofa', '— sum.golang.org');
    const verified = verifyNote(original, keyOf(sofa.verifierKey), verifySignature);
    expect(parseCheckpoint(verified.text).origin).toBe('go.sum database tree');
    expect(
      refusal(() =>
        verifyNote(sofa.note.replace('— example.com/behind-the-sofa', '— sum.golang.org'), keyOf(sofa.verifierKey), verifySignature),
      ),
    ).toBe('CheckpointInvalid');
  });

  test('flipping any single byte of a published note is refused', () => {
    const bytes = new TextEncoder().encode(peter.note);
    const key = keyOf(peter.verifierKey);
    const accepted: number[] = [];
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at]! ^= 1;
      let text: string;
      try {
        text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(changed);
      } catch {
        continue;
      }
      if (refusal(() => verifyNote(text, key, verifySignature)) === 'accepted') accepted.push(at);
    }
    expect(accepted).toEqual([]);
  });
});

describe('our checkpoints', () => {
  const ours = signingKey(1);
  const ledger = smallLedger(1, 9);
  const checkpoint = (size: number) => ({ origin: ours.key.name, size, root: ledger.tree.root(size) });

  test('a signed checkpoint opens with its key and with no other', () => {
    const note = signCheckpoint(checkpoint(9), ours.key, ours.sign);
    expect(openCheckpoint(note, ours.key, verifySignature)).toEqual(checkpoint(9));
    expect(refusal(() => openCheckpoint(note, signingKey(2).key, verifySignature))).toBe('CheckpointInvalid');
  });

  test("a witness's signature is added and does not disturb", () => {
    const witness = signingKey(3, 'witness.example');
    const note = addSignature(signCheckpoint(checkpoint(9), ours.key, ours.sign), witness.key, witness.sign);
    expect(openCheckpoint(note, ours.key, verifySignature).size).toBe(9);
    expect(verifyNote(note, witness.key, verifySignature).signatures).toHaveLength(2);
  });

  test('a second signature in our own name that does not verify spoils the note', () => {
    const note = signCheckpoint(checkpoint(9), ours.key, ours.sign);
    const forged = addSignature(note, ours.key, () => new Uint8Array(64));
    expect(refusal(() => openCheckpoint(forged, ours.key, verifySignature))).toBe('CheckpointInvalid');
  });

  test('the key that signs must bear the name of the origin', () => {
    expect(refusal(() => signCheckpoint({ ...checkpoint(3), origin: 'elsewhere.example' }, ours.key, ours.sign))).toBe('CheckpointInvalid');
    const elsewhere = signNote(formatCheckpoint({ ...checkpoint(3), origin: 'elsewhere.example' }), ours.key, ours.sign);
    expect(refusal(() => openCheckpoint(elsewhere, ours.key, verifySignature))).toBe('CheckpointInvalid');
  });

  test.each([
    ['no final newline', 'o\n1\nAAAA'],
    ['an empty origin', '\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'],
    ['a leading zero', 'o\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'],
    ['a sign', 'o\n+1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'],
    ['a blank behind the size', 'o\n1 \nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'],
    ['a size beyond 2^53', 'o\n9007199254740993\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'],
    ['a root of 31 bytes', 'o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n'],
    ['stray bits in the base 64', 'o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n'],
    ['no root', 'o\n1\n'],
    ['an empty extension line', 'o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n'],
  ])('a checkpoint with %s is refused', (_, text) => {
    expect(refusal(() => parseCheckpoint(text))).toBe('CheckpointInvalid');
  });

  test.each([
    ['no signature', 'text\n\n'],
    ['no empty line', 'text\n— a AAAAAAA=\n'],
    ['a hyphen for the dash', 'text\n\n- a AAAAAAA=\n'],
    ['a plus in the name', 'text\n\n— a+b AAAAAAA=\n'],
    ['only a key id', 'text\n\n— a AAAAAA==\n'],
    ['no canonical base 64', 'text\n\n— a AAAAAAB\n'],
    ['a carriage return', 'text\r\n\n— a AAAAAAA=\n'],
    ['no final newline', 'text\n\n— a AAAAAAA='],
    ['101 signatures', `text\n\n${'— a AAAAAAA=\n'.repeat(101)}`],
  ])('a note with %s is refused', (_, note) => {
    expect(refusal(() => parseNote(note))).toBe('CheckpointInvalid');
  });

  test.each([
    ['another key id', 'PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'],
    ['upper-case digits', 'PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'],
    ['another algorithm', 'PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'],
    ['no name', '+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'],
    ['a short key', 'PeterNeumann+c74f20a3+ARpc2QcUPDhM'],
    ['nothing', ''],
  ])('a verifier key with %s is refused', (_, text) => {
    expect(refusal(() => keyOf(text))).toBe('CheckpointInvalid');
  });

  test('text that a note cannot hold is not signed', () => {
    expect(refusal(() => signNote('no newline', ours.key, ours.sign))).toBe('CheckpointInvalid');
    expect(refusal(() => signNote('bell\u0007\n', ours.key, ours.sign))).toBe('CheckpointInvalid');
    expect(refusal(() => signNote('a\n', ours.key, () => new Uint8Array(63)))).toBe('CheckpointInvalid');
    expect(refusal(() => verifierKeyOf(sha256, 'with blank', ours.key.publicKey))).toBe('CheckpointInvalid');
    expect(refusal(() => formatCheckpoint({ ...checkpoint(1), size: 1.5 }))).toBe('CheckpointInvalid');
  });
});

describe('a later checkpoint must extend the witnessed one', () => {
  const ledger = smallLedger(4, 12);
  const rewritten = smallLedger(5, 12);
  const at = (source: typeof ledger, size: number, origin = 'ledger.example') => ({ origin, size, root: source.tree.root(size) });

  test('growth is proven, for every pair of sizes', () => {
    for (let from = 0; from <= 12; from++) {
      for (let to = from; to <= 12; to++) requireExtends(sha256, at(ledger, from), at(ledger, to), ledger.tree.consistencyProof(from, to));
    }
  });

  test('a split view (one size, two roots) is refused and both checkpoints are the evidence', () => {
    try {
      requireExtends(sha256, at(ledger, 8), at(rewritten, 8), []);
      throw new Error('a split view was accepted');
    } catch (error) {
      expect(error).toMatchObject({ code: 'CheckpointInconsistent', message: expect.stringContaining('split view') });
      const { witnessed, next } = (error as LedgerError).evidence as { witnessed: { root: string }; next: { root: string } };
      expect(witnessed.root).not.toBe(next.root);
    }
  });

  test('a rewritten past, a shorter ledger and another ledger are refused', () => {
    expect(refusal(() => requireExtends(sha256, at(ledger, 8), at(rewritten, 12), rewritten.tree.consistencyProof(8, 12)))).toBe(
      'CheckpointInconsistent',
    );
    expect(refusal(() => requireExtends(sha256, at(ledger, 8), at(ledger, 7), []))).toBe('CheckpointInconsistent');
    expect(refusal(() => requireExtends(sha256, at(ledger, 8), at(ledger, 8, 'other.example'), []))).toBe('CheckpointInconsistent');
    expect(refusal(() => requireExtends(sha256, at(ledger, 8), at(ledger, 12), []))).toBe('CheckpointInconsistent');
  });
});

describe('base 64', () => {
  test("agrees with the runtime's own for any bytes, and reads them back", () => {
    assert(
      property(uint8Array({ maxLength: 80 }), (bytes) => {
        const text = toBase64(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('base64'));
        expect(fromBase64(text)).toEqual(bytes);
      }),
    );
  });

  test('refuses what is not canonical', () => {
    for (const text of ['A', 'AB', 'AB==x', 'AAB=', 'A===', 'AA-_', 'AAAA\n', '====']) expect(fromBase64(text)).toBeNull();
  });
});
