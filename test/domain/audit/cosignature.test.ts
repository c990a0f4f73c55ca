/**
 * Cosignatures of witnesses, held against a published checkpoint with the cosignatures of four public witnesses, and against a verifier
 * that is written here from the format alone, over Node's own Ed25519.
 */
import * as nodeCrypto from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { assert, nat, property, uint8Array } from 'fast-check';
import {
  acceptedLines,
  cosignatureLine,
  cosignerKeyOf,
  formatCosignerKey,
  openCosignature,
  parseCosignerKey,
  withSignaturesOf,
} from '../../../domain/audit/cosignature.ts';
import { openCheckpoint, signCheckpoint } from '../../../domain/audit/checkpoint.ts';
import { parseNote, parseVerifierKey, verifierKeyOf } from '../../../domain/audit/signed-note.ts';
import published from '../../golden/audit/cosigned-checkpoint.json' with { type: 'json' };
import { crypto, sha256, verifySignature } from '../../support/audit-log.ts';
import { propertyRuns } from '../../support/property-runs.ts';

const invalid = expect.objectContaining({ code: 'CheckpointInvalid' }) as unknown;

/** One line of a note by the words of the format, without any code of ours: whether it verifies, and its time. */
function verifiedApart(note: string, vkey: string): { readonly holds: boolean; readonly time: bigint } {
  const [, name, id, encoded] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(vkey)!;
  const typed = Buffer.from(encoded!, 'base64');
  const hash = nodeCrypto
    .createHash('sha256')
    .update(Buffer.concat([Buffer.from(`${name}\n`), typed]))
    .digest();
  if (typed[0] !== 4 || hash.subarray(0, 4).toString('hex') !== id) throw new Error('no verifier key of a cosigner');
  const split = note.lastIndexOf('\n\n');
  const line = note
    .slice(split + 2)
    .split('\n')
    .find((candidate) => candidate.startsWith(`\u2014 ${name} `))!;
  const bytes = Buffer.from(line.split(' ')[2]!, 'base64');
  const time = bytes.readBigUInt64BE(4);
  const message = Buffer.from(`cosignature/v1\ntime ${time}\n${note.slice(0, split + 1)}`);
  const key = nodeCrypto.createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: typed.subarray(1).toString('base64url') },
    format: 'jwk',
  });
  const holds = bytes.subarray(0, 4).toString('hex') === id && nodeCrypto.verify(null, message, key, bytes.subarray(12));
  return { holds, time };
}

describe('a published checkpoint', () => {
  test.each(published.witnesses)('bears a cosignature of %s that verifies, with its time', (vkey) => {
    const key = parseCosignerKey(sha256, vkey);
    expect(formatCosignerKey(key)).toBe(vkey);
    expect(openCosignature(published.note, key, verifySignature)).toEqual({ name: key.name, timeSeconds: 1_779_573_024 });
    expect(verifiedApart(published.note, vkey)).toEqual({ holds: true, time: 1_779_573_024n });
    const other = published.note.replace('1432088532', '1432088533');
    expect(() => openCosignature(other, key, verifySignature)).toThrow(invalid);
  });

  test('is opened by the key of its log, whatever else signed it', () => {
    expect(openCheckpoint(published.note, parseVerifierKey(sha256, published.log), verifySignature)).toMatchObject({ size: 1_432_088_532 });
  });

  test('names keys of two kinds, which are not taken for one another', () => {
    expect(() => parseCosignerKey(sha256, published.log)).toThrow(invalid);
    expect(() => parseVerifierKey(sha256, published.witnesses[0]!)).toThrow(invalid);
  });
});

function pair(name: string): { readonly key: ReturnType<typeof cosignerKeyOf>; readonly sign: (message: Uint8Array) => Uint8Array } {
  const { privateSeed, publicKey } = crypto.newKeyPair();
  return { key: cosignerKeyOf(sha256, name, publicKey), sign: (message) => crypto.sign(privateSeed, message) };
}

const log = crypto.newKeyPair();
const logKey = verifierKeyOf(sha256, 'log.example', log.publicKey);
const noteOf = (size: number, root: Uint8Array): string =>
  signCheckpoint({ origin: 'log.example', size, root }, logKey, (message) => crypto.sign(log.privateSeed, message));

describe('a cosignature of ours', () => {
  test('verifies by the words of the format alone, for any tree and time', () => {
    const { key, sign } = pair('witness.example/w1');
    assert(
      property(nat(), uint8Array({ minLength: 32, maxLength: 32 }), nat({ max: 2 ** 52 }), (size, root, time) => {
        const note = noteOf(size, root);
        const cosigned = note + cosignatureLine(parseNote(note).text, key, time, sign);
        expect(verifiedApart(cosigned, formatCosignerKey(key))).toEqual({ holds: true, time: BigInt(time) });
        expect(openCosignature(cosigned, key, verifySignature)).toEqual({ name: key.name, timeSeconds: time });
        expect(openCheckpoint(cosigned, logKey, verifySignature)).toEqual({ origin: 'log.example', size, root });
      }),
      { numRuns: propertyRuns(50) },
    );
  });

  test('is refused where it is forged, of another time, cut, or taken from another checkpoint', () => {
    const { key, sign } = pair('witness.example/w1');
    const forger = pair('witness.example/w1');
    const [older, newer] = [noteOf(5, new Uint8Array(32)), noteOf(6, new Uint8Array(32).fill(1))];
    const line = cosignatureLine(parseNote(older).text, key, 100, sign);
    expect(openCosignature(older + line, key, verifySignature)).toEqual({ name: key.name, timeSeconds: 100 });
    expect(openCosignature(older, key, verifySignature)).toBeNull();
    // A replay: the line of an older checkpoint under a newer one.
    expect(() => openCosignature(newer + line, key, verifySignature)).toThrow(invalid);
    const forged = cosignatureLine(parseNote(newer).text, { ...forger.key, keyId: key.keyId }, 100, forger.sign);
    expect(() => openCosignature(newer + forged, key, verifySignature)).toThrow(invalid);
    const bytes = Buffer.from(line.split(' ')[2]!, 'base64');
    bytes[11] = bytes[11]! ^ 1;
    expect(() => openCosignature(`${older}\u2014 ${key.name} ${bytes.toString('base64')}\n`, key, verifySignature)).toThrow(invalid);
    const cut = bytes.subarray(0, 68).toString('base64');
    expect(() => openCosignature(`${older}\u2014 ${key.name} ${cut}\n`, key, verifySignature)).toThrow(invalid);
    // Another key of the same name is another witness: it is passed over.
    expect(openCosignature(older + cosignatureLine(parseNote(older).text, forger.key, 1, forger.sign), key, verifySignature)).toBeNull();
  });

  test('is taken from an answer without the lines of strangers, and an answer without one is refused', () => {
    const [own, stranger] = [pair('witness.example/w1'), pair('witness.example/w2')];
    const note = noteOf(5, new Uint8Array(32));
    const { text } = parseNote(note);
    const [line, other] = [cosignatureLine(text, own.key, 7, own.sign), cosignatureLine(text, stranger.key, 7, stranger.sign)];
    expect(acceptedLines(note, other + line, own.key, verifySignature)).toBe(line);
    for (const answer of [other, '', line.trimEnd(), `${line}\n`, 'hello\n', `\u2014 ${own.key.name} AAAA\n`])
      expect(() => acceptedLines(note, answer, own.key, verifySignature)).toThrow(invalid);
    expect(withSignaturesOf(note + line, note + other + line)).toBe(note + line + other);
    expect(() => withSignaturesOf(note, noteOf(6, new Uint8Array(32)))).toThrow(invalid);
  });
});
