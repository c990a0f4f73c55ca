/** What a witness makes of a request, with the statuses' order of the protocol (c2sp.org/tlog-witness). */
import { describe, expect, test } from '@jest/globals';
import { assert, nat, property } from 'fast-check';
import { formatAddCheckpoint, type Judgement, judgeAddCheckpoint, parseAddCheckpoint } from '../../../domain/audit/add-checkpoint.ts';
import { type Checkpoint, signCheckpoint } from '../../../domain/audit/checkpoint.ts';
import { createMerkleTree } from '../../../domain/audit/merkle.ts';
import { verifierKeyOf } from '../../../domain/audit/signed-note.ts';
import { crypto, sha256, verifySignature } from '../../support/audit-log.ts';
import { propertyRuns } from '../../support/property-runs.ts';

const origin = 'log.example';
const pairs = [crypto.newKeyPair(), crypto.newKeyPair()];
const keys = pairs.map(({ publicKey }) => verifierKeyOf(sha256, origin, publicKey));
const tools = { sha256, verify: verifySignature };

const treeOf = (name: string, common: number, own: number): ReturnType<typeof createMerkleTree> => {
  const tree = createMerkleTree(sha256);
  for (let leaf = 0; leaf < common + own; leaf++)
    tree.append(sha256(new TextEncoder().encode(leaf < common ? `${leaf}` : `${name} ${leaf}`)));
  return tree;
};
const noteOf = (checkpoint: Checkpoint, signer = 0): string =>
  signCheckpoint(checkpoint, { ...keys[signer]!, name: checkpoint.origin }, (message) => crypto.sign(pairs[signer]!.privateSeed, message));
const at = (tree: ReturnType<typeof createMerkleTree>, size: number): Checkpoint => ({ origin, size, root: tree.root(size) });
const judged = (
  last: Checkpoint | null,
  next: Checkpoint,
  { old = last?.size ?? 0, proof = [] as readonly Uint8Array[], signer = 0, known = keys } = {},
): Judgement => judgeAddCheckpoint(tools, new Map([[origin, known]]), { old, proof, note: noteOf(next, signer) }, () => last);

describe('a witness', () => {
  const tree = treeOf('a', 40, 0);
  const fork = treeOf('b', 20, 20);

  test('cosigns what extends the last checkpoint, at any two sizes, and no tree that parted before it', () => {
    assert(
      property(nat({ max: 40 }), nat({ max: 40 }), (one, two) => {
        const [from, to] = [Math.min(one, two), Math.max(one, two)];
        const grown = judged(from === 0 ? null : at(tree, from), at(tree, to), { proof: tree.consistencyProof(from, to) });
        expect(grown.kind).toBe('grown');
        const forked = judged(from === 0 ? null : at(tree, from), at(fork, to), { proof: fork.consistencyProof(from, to) });
        expect(forked.kind === 'grown').toBe(from <= 20 || from === 0 || to <= 20);
      }),
      { numRuns: propertyRuns(200) },
    );
  });

  test('says the size that it has to whoever thinks of another, and shows two roots of one size as a split view', () => {
    expect(judged(at(tree, 30), at(tree, 40), { old: 20 })).toMatchObject({ kind: 'other size', size: 30 });
    expect(judged(null, at(tree, 40), { old: 20 })).toMatchObject({ kind: 'other size', size: 0 });
    expect(judged(at(tree, 30), at(fork, 30))).toMatchObject({ kind: 'split view', size: 30 });
    expect(judged(at(tree, 30), at(tree, 20))).toMatchObject({ kind: 'old beyond new' });
  });

  test('knows only the logs and keys that it was given, several for a log whose key was rotated', () => {
    expect(judged(null, at(tree, 3), { signer: 1 }).kind).toBe('grown');
    expect(judged(null, at(tree, 3), { signer: 1, known: keys.slice(0, 1) }).kind).toBe('not signed');
    expect(judged(null, { ...at(tree, 3), origin: 'other.example' }).kind).toBe('unknown origin');
  });

  test('cosigns no proof with too many hashes, and no empty tree with a root', () => {
    expect(judged(at(tree, 30), at(tree, 40), { proof: [...tree.consistencyProof(30, 40), sha256(new Uint8Array(0))] }).kind).toBe(
      'inconsistent',
    );
    expect(judged(at(tree, 30), at(tree, 30), { proof: [sha256(new Uint8Array(0))] }).kind).toBe('inconsistent');
    expect(judged(null, at(tree, 30), { proof: [sha256(new Uint8Array(0))] }).kind).toBe('inconsistent');
    expect(judged(null, { origin, size: 0, root: tree.root(1) }).kind).toBe('split view');
  });
});

describe('a request', () => {
  const tree = treeOf('a', 9, 0);
  const request = { old: 5, proof: tree.consistencyProof(5, 9), note: noteOf(at(tree, 9)) };

  test('survives a round trip', () => {
    expect(parseAddCheckpoint(formatAddCheckpoint(request))).toEqual(request);
    expect(parseAddCheckpoint(formatAddCheckpoint({ ...request, old: 0, proof: [] }))).toEqual({ ...request, old: 0, proof: [] });
  });

  const body = formatAddCheckpoint(request);
  test.each([
    ['nothing', ''],
    ['no empty line', 'old 5\n'],
    ['no old size', body.replace('old 5\n', '')],
    ['a leading zero', body.replace('old 5', 'old 05')],
    ['a size beyond 2^53', body.replace('old 5', 'old 9007199254740993')],
    ['a negative size', body.replace('old 5', 'old -5')],
    ['a short hash', body.replace('old 5\n', 'old 5\nAAAA\n')],
    ['64 hashes', body.replace('old 5\n', `old 5\n${`${Buffer.alloc(32).toString('base64')}\n`.repeat(64)}`)],
    ['carriage returns', body.replaceAll('\n', '\r\n')],
  ])('with %s is refused', (_, text) => {
    expect(() => parseAddCheckpoint(text)).toThrow(expect.objectContaining({ code: 'RequestInvalid' }));
  });
});
