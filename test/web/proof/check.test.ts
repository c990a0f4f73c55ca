/** What the page proves in a browser, against the ledger's own code, with which it shares nothing. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { emptyTail, placeEvents } from '../../../domain/shared/envelope.ts';
import { sampleId, sha256 } from '../../support/sample-events.ts';
import { canonicalText, hashOf } from '../../../web/src/proof/event-bytes.ts';
import { rootOfPath } from '../../../web/src/proof/merkle.ts';
import { checkSignature, parseCheckpoint } from '../../../web/src/proof/signed-note.ts';

const hash = (...parts: readonly Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
const leaf = (index: number): string => hash(Buffer.from(`leaf ${index}`)).toString('hex');

/** Root and path as RFC 6962, section 2.1, defines them: by halves, from above. */
function tree(leaves: readonly string[]): Buffer {
  if (leaves.length === 1) return hash(Buffer.of(0), Buffer.from(leaves[0]!, 'hex'));
  const left = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  return hash(Buffer.of(1), tree(leaves.slice(0, left)), tree(leaves.slice(left)));
}

function path(index: number, leaves: readonly string[]): string[] {
  if (leaves.length === 1) return [];
  const left = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  return index < left
    ? [...path(index, leaves.slice(0, left)), tree(leaves.slice(left)).toString('hex')]
    : [...path(index - left, leaves.slice(left)), tree(leaves.slice(0, left)).toString('hex')];
}

describe('an inclusion proof', () => {
  test('leads every leaf of every tree of up to twenty leaves to its root', async () => {
    for (let size = 1; size <= 20; size++) {
      const leaves = Array.from({ length: size }, (_, index) => leaf(index));
      const root = tree(leaves).toString('hex');
      for (let index = 0; index < size; index++)
        expect([size, index, await rootOfPath(leaves[index]!, index, size, path(index, leaves))]).toEqual([size, index, root]);
    }
  });

  test('of another leaf, place, size or length leads elsewhere', async () => {
    const leaves = Array.from({ length: 11 }, (_, index) => leaf(index));
    const root = tree(leaves).toString('hex');
    const right = path(6, leaves);
    expect(await rootOfPath(leaf(5), 6, 11, right)).not.toBe(root);
    expect(await rootOfPath(leaf(6), 7, 11, right)).not.toBe(root);
    expect(await rootOfPath(leaf(6), 6, 11, right.slice(1))).toBeNull();
    expect(await rootOfPath(leaf(6), 6, 11, [...right, right[0]!])).toBeNull();
    expect(await rootOfPath(leaf(6), 11, 11, right)).toBeNull();
  });
});

describe('a checkpoint', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const name = 'page.example';
  const typed = Buffer.concat([Buffer.of(1), raw]);
  const keyId = hash(Buffer.from(`${name}\n`), typed).subarray(0, 4);
  const verifierKey = `${name}+${keyId.toString('hex')}+${typed.toString('base64')}`;
  const body = `${name}\n11\n${hash(Buffer.from('root')).toString('base64')}\n`;
  const signed = (text: string): string =>
    `${text}\n\u2014 ${name} ${Buffer.concat([keyId, sign(null, Buffer.from(text), privateKey)]).toString('base64')}\n`;

  test('is valid under its key, and neither after a change nor under another name', async () => {
    const checkpoint = parseCheckpoint(signed(body))!;
    expect([checkpoint.origin, checkpoint.treeSize]).toEqual([name, 11]);
    expect(await checkSignature(checkpoint, verifierKey)).toBe('valid');
    const changed = parseCheckpoint(signed(body).replace('\n11\n', '\n12\n'))!;
    expect(await checkSignature(changed, verifierKey)).toBe('invalid');
    expect(await checkSignature(checkpoint, verifierKey.replace(name, 'other.example'))).toBe('no signature of this key');
    expect(await checkSignature(checkpoint, 'no key')).toBe('invalid');
  });

  test('that is none is told apart from one', () => {
    expect(parseCheckpoint('')).toBeNull();
    expect(parseCheckpoint(`${name}\neleven\nAAAA\n\nx\n`)).toBeNull();
    expect(parseCheckpoint(body)).toBeNull();
  });
});

describe('the bytes of an event', () => {
  test('are those that the ledger hashes, whatever stands in its data', async () => {
    const data = {
      text: 'caf\u00e9 \u2028 "x"',
      numbers: [1e21, 1e-7, 0.1, -5, 1 / 3],
      nested: { b: null, a: [true, {}] },
      '10': 1,
      '9': 2,
    };
    const [placed] = placeEvents(sha256, 'ledger', emptyTail, [{ type: 'Told', schemaVersion: 1, data }], {
      correlationId: sampleId('correlation'),
      causationId: sampleId('causation'),
      actor: 'tests',
      code: { version: '0.0.0', commit: '0'.repeat(40), lockHash: '0'.repeat(64) },
      now: '2026-11-30T09:00:00.000Z',
      idOf: () => sampleId('event'),
    });
    const { bytes, hash: recorded } = placed!;
    const shown = { ...JSON.parse(Buffer.from(bytes).toString('utf8')), hash: recorded, position: '1' };
    expect(canonicalText(shown)).toBe(Buffer.from(bytes).toString('utf8'));
    expect(await hashOf(shown)).toBe(recorded);
    expect(await hashOf({ ...shown, data: { ...data, text: 'cafe' } })).not.toBe(recorded);
  });
});
