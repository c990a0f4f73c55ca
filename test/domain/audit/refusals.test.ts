/** Why notes, keys, cosignatures, requests and bundles are refused, word for word, each at its boundary. */
import { describe, expect, test } from '@jest/globals';
import { formatAddCheckpoint, judgeAddCheckpoint, parseAddCheckpoint } from '../../../domain/audit/add-checkpoint.ts';
import { fromBase64, toBase64 } from '../../../domain/audit/base64.ts';
import { auditLogPath, checkBundleFiles, sumsPath, sumsText } from '../../../domain/audit/bundle-files.ts';
import {
  type Checkpoint,
  formatCheckpoint,
  openCheckpoint,
  parseCheckpoint,
  requireExtends,
  signCheckpoint,
} from '../../../domain/audit/checkpoint.ts';
import {
  acceptedLines,
  cosignatureLine,
  cosignerKeyOf,
  openCosignature,
  parseCosignerKey,
  withSignaturesOf,
} from '../../../domain/audit/cosignature.ts';
import { createMerkleTree } from '../../../domain/audit/merkle.ts';
import { misplaced } from '../../../domain/audit/own-places.ts';
import {
  formatVerifierKey,
  isKeyName,
  parseNote,
  parseSignatureLine,
  parseVerifierKey,
  signNote,
  signed,
  verifierKeyOf,
  verifyNote,
} from '../../../domain/audit/signed-note.ts';
import { isDomainStream, streamPatternOf, streamTestOf } from '../../../domain/audit/streams.ts';
import { consistencyNodes, inclusionNodes } from '../../../domain/audit/tiles.ts';
import { toHex, zeroHash } from '../../../domain/shared/hashing.ts';
import { sha256, signingKey, verifySignature } from '../../support/audit-log.ts';

const ours = signingKey(1, 'desk.example');
const { key, sign } = ours;
const root = sha256(new Uint8Array(0));
const checkpoint: Checkpoint = { origin: 'desk.example', size: 3, root };
const root64 = toBase64(root);
const text = `desk.example\n3\n${root64}\n`;
const note = signCheckpoint(checkpoint, key, sign);
const line = note.slice(note.lastIndexOf('\n\n') + 2);
const refusal = (code: string, message: string, evidence: object = {}) => expect.objectContaining({ code, message, evidence }) as unknown;
const invalid = (message: string, evidence: object = {}) => refusal('CheckpointInvalid', message, evidence);

const told = ({ origin, size, root: own }: Checkpoint) => ({ origin, size, root: toHex(own) });
const sumsOf = (files: readonly (readonly [string, string])[]): string =>
  toHex(sha256(new TextEncoder().encode(sumsText(files.map(([path, hash]) => ({ path, sha256: hash }))))));
const kindOf = (type: string, stream: string, revision: number | bigint, leaf: number) =>
  misplaced({ type, stream, revision }, leaf)?.kind ?? null;
const internal = (message: string, evidence: object) => refusal('Internal', message, evidence);

const refused = (from: Checkpoint, to: Checkpoint, message: string, proof: readonly Uint8Array[] = []): void => {
  const evidence = { witnessed: told(from), next: told(to) };
  expect(() => requireExtends(sha256, from, to, proof)).toThrow(refusal('CheckpointInconsistent', message, evidence));
};

describe('a checkpoint is refused', () => {
  test.each<[string, string, object?]>([
    [text.slice(0, -1), 'a checkpoint ends with a newline'],
    ['\n3\n', 'a checkpoint starts with its origin'],
    ['desk.example\n', 'the second line of a checkpoint is a decimal tree size without leading zeros', { line: undefined }],
    ['desk.example\n03\n', 'the second line of a checkpoint is a decimal tree size without leading zeros', { line: '03' }],
    ['desk.example\n3 \n', 'the second line of a checkpoint is a decimal tree size without leading zeros', { line: '3 ' }],
    ['desk.example\n 3\n', 'the second line of a checkpoint is a decimal tree size without leading zeros', { line: ' 3' }],
    ['desk.example\n9007199254740992\n', 'the tree size exceeds 2^53 - 1', { size: '9007199254740992' }],
    ['desk.example\n3\n', 'the third line of a checkpoint is the canonical base 64 of 32 bytes', { line: undefined }],
    ['desk.example\n3\nAAAA\n', 'the third line of a checkpoint is the canonical base 64 of 32 bytes', { line: 'AAAA' }],
    ['desk.example\n3\n!\n', 'the third line of a checkpoint is the canonical base 64 of 32 bytes', { line: '!' }],
    [`${text}more\n\n`, 'a checkpoint holds no empty line'],
  ])('%j', (written, message, evidence = {}) => {
    expect(() => parseCheckpoint(written)).toThrow(invalid(message, evidence));
  });

  test('and read where it is whole, with extensions and up to the largest size', () => {
    expect(parseCheckpoint(text)).toEqual(checkpoint);
    expect(parseCheckpoint(`${text}more\n`)).toEqual(checkpoint);
    expect(parseCheckpoint(text.replace('\n3\n', '\n9007199254740991\n')).size).toBe(9_007_199_254_740_991);
    expect(parseCheckpoint(text.replace('\n3\n', '\n0\n')).size).toBe(0);
    expect(parseCheckpoint(text.replace('\n3\n', '\n10\n')).size).toBe(10);
    expect(formatCheckpoint(checkpoint)).toBe(text);
    expect(formatCheckpoint({ ...checkpoint, size: 0 })).toBe(text.replace('\n3\n', '\n0\n'));
  });

  test('before it is written', () => {
    const words = 'an origin must not be empty or hold blanks, control characters or a plus sign';
    for (const origin of ['', 'a b', 'a+b', 'a\u0007', 'a\u00a0', '\ud800'])
      expect(() => formatCheckpoint({ ...checkpoint, origin })).toThrow(invalid(words, { origin }));
    for (const size of [-1, 0.5, 2 ** 53])
      expect(() => formatCheckpoint({ ...checkpoint, size })).toThrow(invalid('a tree size is a whole number from 0', { size }));
    expect(() => formatCheckpoint({ ...checkpoint, root: root.subarray(1) })).toThrow(invalid('a root has 32 bytes', { bytes: 31 }));
    expect(() => signCheckpoint({ ...checkpoint, origin: 'other' }, key, sign)).toThrow(
      invalid('the key that signs a checkpoint bears the name of its origin', { origin: 'other', name: 'desk.example' }),
    );
    const other = signNote(text.replace('desk.example', 'other'), key, sign);
    expect(() => openCheckpoint(other, key, verifySignature)).toThrow(
      invalid('the origin of the checkpoint is not the name of the key', { origin: 'other', name: 'desk.example' }),
    );
  });

  test('where it does not extend the one that was witnessed', () => {
    const tree = createMerkleTree(sha256);
    for (let leaf = 0; leaf < 5; leaf++) tree.append(Uint8Array.of(leaf));
    const of = (size: number, more: Partial<Checkpoint> = {}): Checkpoint => ({ origin: 'a', size, root: tree.root(size), ...more });
    refused(of(3), of(5, { origin: 'b' }), 'the checkpoints are of different ledgers');
    refused(of(5), of(4), 'the ledger is shorter than what was witnessed');
    refused(of(5), of(5, { root: tree.root(4) }), 'two checkpoints of one size have different roots: a split view');
    refused(of(3), of(5), 'no proof that the ledger extends what was witnessed');
    for (let from = 0; from <= 5; from++)
      expect(() => requireExtends(sha256, of(from), of(5), tree.consistencyProof(from, 5))).not.toThrow();
  });
});

describe('a signed note is refused', () => {
  const controls = 'a note is UTF-8 without control characters other than newlines';
  const shape = 'a note is a text, an empty line and signature lines, each ended by a newline';
  const lineShape = 'a signature line reads: em dash, space, name, space, base 64';
  test.each<[string, string, object?]>([
    [`a\ud800${note}`, controls],
    [`a\u0000${note}`, controls],
    [`a\r${note}`, controls],
    [text, shape],
    [note.slice(0, -1), shape],
    [`${text}\n`, 'the note carries no signature'],
    [`${text}\n${line.repeat(101)}`, 'the note carries more than 100 signatures', { signatures: 101 }],
    [`${text}\nx\n`, lineShape, { line: 'x' }],
    [`${text}\n\u2014 desk.example\n`, lineShape, { line: '\u2014 desk.example' }],
    [`${text}\n- desk.example AAAA\n`, lineShape, { line: '- desk.example AAAA' }],
    [`${text}\n\u2014 a+b AAAAAAAA\n`, 'a signature line names no valid key', { line: '\u2014 a+b AAAAAAAA' }],
    [`${text}\n\u2014 a !\n`, 'a signature is not canonical base 64 of key id and signature', { name: 'a' }],
    [`${text}\n\u2014 a ${toBase64(new Uint8Array(4))}\n`, 'a signature is not canonical base 64 of key id and signature', { name: 'a' }],
  ])('%j', (written, message, evidence = {}) => {
    expect(() => parseNote(written)).toThrow(invalid(message, evidence));
  });

  test('and read with a hundred signatures, of any length, below controls that are admitted', () => {
    expect(parseNote(`${text}\n${line.repeat(100)}`).signatures).toHaveLength(100);
    expect(parseNote(`\u007f\u009f\n\n\u2014 a ${toBase64(new Uint8Array(5))}\n`)).toEqual({
      text: '\u007f\u009f\n',
      signatures: [{ name: 'a', keyId: '00000000', signature: new Uint8Array(1) }],
    });
    expect(parseSignatureLine(line.slice(0, -1))).toMatchObject({ name: 'desk.example', keyId: key.keyId });
  });

  test('where nobody known signed it, or not what it says', () => {
    const evidence = { name: 'desk.example', keyId: key.keyId, signedBy: [`desk.example+${key.keyId}`] };
    const other = signingKey(2, 'desk.example').key;
    expect(() => verifyNote(note, other, verifySignature)).toThrow(
      invalid('the note is not signed by the verifier key given', { ...evidence, keyId: other.keyId }),
    );
    expect(() => verifyNote(note, { ...key, name: 'x' }, verifySignature)).toThrow(
      invalid('the note is not signed by the verifier key given', { ...evidence, name: 'x' }),
    );
    expect(() => verifyNote(note.replace('\n3\n', '\n4\n'), key, verifySignature)).toThrow(
      invalid('the signature does not verify', evidence),
    );
    const shorter = `${text}\n\u2014 desk.example ${toBase64(Uint8Array.of(...Buffer.from(key.keyId, 'hex'), 1))}\n`;
    expect(() => verifyNote(shorter, key, () => true)).toThrow(invalid('the signature does not verify', evidence));
    expect(verifyNote(note, key, verifySignature)).toEqual(parseNote(note));
  });

  test('before it is signed', () => {
    const words = 'a note text ends with a newline and holds no control characters';
    for (const written of ['a', 'a\u0000\n', 'a\r\n', '\ud800\n']) expect(() => signNote(written, key, sign)).toThrow(invalid(words));
    for (const bytes of [63, 65])
      expect(() => signed(root, () => new Uint8Array(bytes))).toThrow(invalid('an Ed25519 signature has 64 bytes', { bytes }));
  });
});

describe('a verifier key is refused', () => {
  const written = formatVerifierKey(key);
  const encoded = written.split('+').slice(2).join('+');
  const shape = 'a verifier key reads name+keyId+base64';
  const holds = 'the verifier key holds no canonical base 64 of an Ed25519 key';
  test.each<[string, string, object?]>([
    ['', shape],
    ['desk.example', shape],
    [`desk.example+${key.keyId.slice(1)}+${encoded}`, shape],
    [`desk.example+${key.keyId}0+${encoded}`, shape],
    [`desk.example+${key.keyId.slice(1)}G+${encoded}`, shape],
    [`x\ndesk.example+${key.keyId}+${encoded}\n`, shape],
    [`desk.example+${key.keyId}+!`, holds, { name: 'desk.example' }],
    [`desk.example+${key.keyId}+${toBase64(new Uint8Array(32))}`, holds, { name: 'desk.example' }],
    [`desk.example+${key.keyId}+${toBase64(new Uint8Array(34))}`, holds, { name: 'desk.example' }],
    [
      `desk.example+${key.keyId}+${toBase64(Uint8Array.of(2, ...key.publicKey))}`,
      'the verifier key is of type 2, only Ed25519 (1) is known here',
      { name: 'desk.example' },
    ],
    [`+${key.keyId}+${encoded}`, 'a key name must not be empty or hold blanks, control characters or a plus sign', { name: '' }],
    [
      `desk.example+00000000+${encoded}`,
      'the key id is not that of the key',
      { name: 'desk.example', expected: key.keyId, actual: '00000000' },
    ],
  ])('%j', (vkey, message, evidence = {}) => {
    expect(() => parseVerifierKey(sha256, vkey)).toThrow(invalid(message, evidence));
  });

  test('of another type or length, or with a name that is none', () => {
    expect(parseVerifierKey(sha256, written)).toEqual(key);
    expect(() => parseCosignerKey(sha256, written)).toThrow(
      invalid('the verifier key is of type 1, only Ed25519 cosignatures (4) is known here', { name: 'desk.example' }),
    );
    expect(() => verifierKeyOf(sha256, 'a', new Uint8Array(31))).toThrow(
      invalid('an Ed25519 public key has 32 bytes', { name: 'a', bytes: 31 }),
    );
    expect(['a', 'a.b/c', '', 'a b', 'a+', '\ud800', '\u0085', '\u2003'].map(isKeyName)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('a cosignature is refused', () => {
  const witness = cosignerKeyOf(sha256, 'witness', key.publicKey);
  const cosigned = (seconds: number): string => cosignatureLine(text, witness, seconds, sign);

  test('for a time that is none', () => {
    for (const timeSeconds of [-1, 0.5, 2 ** 53])
      expect(() => cosigned(timeSeconds)).toThrow(
        refusal('Internal', 'the time of a cosignature is a whole number of seconds from 0', { timeSeconds }),
      );
    for (const timeSeconds of [0, 255, 256, 65_536, 2 ** 53 - 1])
      expect(openCosignature(note + cosigned(timeSeconds), witness, verifySignature)).toEqual({ name: 'witness', timeSeconds });
  });

  test('where it does not verify, of whatever length or time', () => {
    const message = invalid('the cosignature of witness does not verify', { name: 'witness', keyId: witness.keyId });
    const lineOf = (bytes: Uint8Array): string =>
      `\u2014 witness ${toBase64(Uint8Array.of(...Buffer.from(witness.keyId, 'hex'), ...bytes))}\n`;
    expect(() => openCosignature(note + lineOf(new Uint8Array(71)), witness, () => true)).toThrow(message);
    expect(() => openCosignature(note + lineOf(new Uint8Array(73)), witness, () => true)).toThrow(message);
    expect(() => openCosignature(note + lineOf(new Uint8Array(72).fill(255)), witness, () => true)).toThrow(message);
    expect(() => openCosignature(note + lineOf(new Uint8Array(72)), witness, () => false)).toThrow(message);
    expect(openCosignature(note + lineOf(new Uint8Array(72)), witness, () => true)).toEqual({ name: 'witness', timeSeconds: 0 });
  });

  test('and the newest of several is taken, in any order', () => {
    expect(openCosignature(note, witness, verifySignature)).toBeNull();
    for (const times of [
      [5, 9, 7],
      [9, 5, 7],
      [5, 7, 9],
    ])
      expect(openCosignature(note + times.map(cosigned).join(''), witness, verifySignature)!.timeSeconds).toBe(9);
    const another = cosignatureLine(text, cosignerKeyOf(sha256, 'other', key.publicKey), 99, sign);
    expect(openCosignature(note + cosigned(5) + another, witness, verifySignature)!.timeSeconds).toBe(5);
  });

  test('in an answer that holds none, or that does not end', () => {
    expect(() => acceptedLines(note, cosigned(5).slice(0, -1), witness, verifySignature)).toThrow(
      invalid('the answer of a witness is lines, each ended by a newline'),
    );
    expect(() => acceptedLines(note, line, witness, verifySignature)).toThrow(
      expect.objectContaining({
        message: `the answer holds no cosignature of witness+${witness.keyId}`,
        evidence: { expected: expect.stringMatching(/^witness\+/) as unknown },
      }),
    );
    expect(() => acceptedLines(note, cosignatureLine('x\n', witness, 5, sign), witness, verifySignature)).toThrow('does not verify');
    expect(acceptedLines(note, line + cosigned(5) + cosigned(6), witness, verifySignature)).toBe(cosigned(5) + cosigned(6));
  });

  test('and those of two notes of one text stand together, each once', () => {
    expect(withSignaturesOf(note, note)).toBe(note);
    expect(withSignaturesOf(note, note + cosigned(5) + cosigned(5) + cosigned(6))).toBe(note + cosigned(5) + cosigned(6));
    expect(() => withSignaturesOf(note, note.replace('\n3\n', '\n4\n'))).toThrow(invalid('the notes are of different texts'));
  });
});

describe('a request for a cosignature is refused', () => {
  const hash = `${toBase64(root)}\n`;
  const first = 'the first line reads: old, space, a tree size in decimals';
  test.each<[string, string, object?]>([
    ['old 5', 'a request is an old size, a proof, an empty line and a signed checkpoint'],
    ['old 05\n\n', first],
    ['xold 5\n\n', first],
    ['old 5x\n\n', first],
    ['old 9007199254740992\n\n', first],
    [`old 5\n${hash.repeat(64)}\n`, 'a proof has at most 63 hashes', { hashes: 64 }],
    ['old 5\nAAAA\n\n', 'a line of the proof is the base 64 of 32 bytes'],
    ['old 5\n!\n\n', 'a line of the proof is the base 64 of 32 bytes'],
  ])('%j', (body, message, evidence = {}) => {
    expect(() => parseAddCheckpoint(body)).toThrow(refusal('RequestInvalid', message, evidence));
  });

  test('and read up to its largest size and proof, in the form that is written', () => {
    expect(parseAddCheckpoint(`old 10\n${hash.repeat(63)}\nrest\n\nmore`)).toEqual({
      old: 10,
      proof: Array(63).fill(root),
      note: 'rest\n\nmore',
    });
    expect(formatAddCheckpoint({ old: 10, proof: [root, root], note: 'n' })).toBe(`old 10\n${hash}${hash}\nn`);
    expect(parseAddCheckpoint('old 0\n\n')).toEqual({ old: 0, proof: [], note: '' });
  });

  test('in words that a log can read', () => {
    const tree = createMerkleTree(sha256);
    for (let leaf = 0; leaf < 5; leaf++) tree.append(Uint8Array.of(leaf));
    const of = (size: number, own = tree.root(size)): Checkpoint => ({ origin: 'desk.example', size, root: own });
    const judged = (old: number, next: Checkpoint, last: Checkpoint | null, keys = [key], origin = 'desk.example') =>
      judgeAddCheckpoint(
        { sha256, verify: verifySignature },
        new Map([[origin, keys]]),
        { old, proof: tree.consistencyProof(0, 0), note: signCheckpoint(next, key, sign) },
        () => last,
      );
    const shown = (size: number, own = tree.root(size)): string => `${size} leaves under ${toHex(own)}`;
    expect(judged(0, of(3), null, [key], 'other')).toEqual({
      kind: 'unknown origin',
      why: 'this witness does not look after desk.example',
    });
    expect(judged(0, of(3), null, [])).toEqual({ kind: 'not signed', why: 'the checkpoint is not signed by a key known for desk.example' });
    expect(judged(4, of(3), null)).toEqual({ kind: 'old beyond new', why: 'the old size 4 is beyond the checkpoint of 3 leaves' });
    expect(judged(2, of(3), of(1))).toEqual({ kind: 'other size', size: 1, why: 'the checkpoint cosigned last has 1 leaves, not 2' });
    expect(judged(3, of(3, root), of(3))).toEqual({
      kind: 'split view',
      size: 3,
      why: `a split view: ${shown(3)} were cosigned, and ${shown(3, root)} are claimed`,
    });
    expect(judged(2, of(3), of(2))).toEqual({ kind: 'inconsistent', why: `no proof that ${shown(3)} extend ${shown(2)}` });
    expect(judged(3, of(3), of(3))).toEqual({ kind: 'grown', checkpoint: of(3) });
    expect(judged(0, of(3), null)).toEqual({ kind: 'grown', checkpoint: of(3) });
  });
});

describe('the files of a bundle', () => {
  const [a, b, log] = ['a', 'b', 'c'].map((letter) => letter.repeat(64)) as [string, string, string];
  const judged = (
    hashes: Readonly<Record<string, string>>,
    {
      files = [{ path: 'x.csv', sha256: a }],
      artifacts = {},
      closed = true,
    }: { files?: { path: string; sha256: string }[] | null; artifacts?: Readonly<Record<string, number>>; closed?: boolean } = {},
  ) =>
    checkBundleFiles(
      sha256,
      { trailerLine: 9, files, artifacts: new Map(Object.entries(artifacts)) },
      { hashes: new Map(Object.entries(hashes)), logHash: log, closed },
    ).map(({ line: at, kind, expected, actual }) => `${at} ${kind}: ${expected} | ${actual}`);
  const sums = sumsOf([
    [auditLogPath, log],
    ['x.csv', a],
  ]);
  const whole = { [auditLogPath]: log, [sumsPath]: sums, 'x.csv': a };

  test('are listed as sha256sum reads it, by path', () => {
    expect([auditLogPath, sumsPath]).toEqual(['audit.jsonl', 'SHA256SUMS']);
    expect(
      sumsText([
        { path: 'b', sha256: b },
        { path: 'a', sha256: a },
      ]),
    ).toBe(`${a}  a\n${b}  b\n`);
  });

  test('are those declared, and no others where the bundle is closed', () => {
    expect(judged(whole)).toEqual([]);
    expect(judged({ ...whole, 'x.csv': b })).toEqual([`9 file_changed: x.csv ${a} | ${b}`]);
    expect(judged({ [auditLogPath]: log, [sumsPath]: sums })).toEqual([`9 file_missing: x.csv ${a} | no such file`]);
    expect(judged({ ...whole, y: b })).toEqual(['9 undeclared: a declared file | y']);
    expect(judged({ ...whole, y: b }, { closed: false })).toEqual([]);
    expect(judged({ ...whole, [sumsPath]: b })).toEqual([`9 file_changed: SHA256SUMS ${sums} | ${b}`]);
    expect(judged({ 'x.csv': a })).toEqual([`9 file_missing: SHA256SUMS ${sums} | no such file`]);
    // A log of format 1 declares nothing.
    expect(judged(whole, { files: null })).toEqual([]);
  });

  test('hold the artifacts that events name, each under its hash', () => {
    const named = { path: `artifacts/${b}`, sha256: b };
    const wrong = { path: `artifacts/${b}`, sha256: a };
    const withArtifact = (hash: string) => ({
      [auditLogPath]: log,
      [sumsPath]: sumsOf([
        [auditLogPath, log],
        [`artifacts/${b}`, hash],
      ]),
      [`artifacts/${b}`]: hash,
    });
    expect(judged(withArtifact(b), { files: [named], artifacts: { [b]: 4 } })).toEqual([]);
    expect(judged(withArtifact(a), { files: [wrong] })).toEqual([`9 file_changed: artifact ${b} | ${a}`]);
    expect(judged(whole, { artifacts: { [b]: 4 } })).toEqual([`4 artifact_missing: artifacts/${b} | no such file is declared`]);
    const nested = { path: `old/artifacts/${b}`, sha256: a };
    const beside = {
      [auditLogPath]: log,
      [sumsPath]: sumsOf([
        [auditLogPath, log],
        [nested.path, a],
      ]),
      [nested.path]: a,
    };
    expect(judged(beside, { files: [nested] })).toEqual([]);
  });
});

describe('the streams of the ledger', () => {
  test('are an allow-list, whole names and beginnings', () => {
    expect(streamPatternOf(['ledger', 'seals', 'sleeve-', 'scan-'])).toBe('^(?:ledger|seals|(?:sleeve|scan)-.+)$');
    expect(streamPatternOf(['ledger'])).toBe('^(?:ledger)$');
    const isOne = streamTestOf(['ledger', 'sleeve-']);
    expect(['ledger', 'sleeve-a', 'sleeve-', 'sleeve', 'ledger-a', 'xledger', '$sleeve-a'].map(isOne)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
    expect(['ledger', 'seals', 'sleeveRun-a', 'intake-a', 'other-a', '$all'].map(isDomainStream)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  test('hold the events of the life of the ledger, each in its own', () => {
    expect(kindOf('LedgerOpened', 'ledger', 0, 0)).toBeNull();
    expect(kindOf('LedgerOpened', 'ledger', 0n, 0)).toBeNull();
    expect(kindOf('LedgerOpened', 'ledger', 1, 0)).toBe('ledger_opened_again');
    expect(kindOf('LedgerOpened', 'ledger', 0, 1)).toBe('ledger_opened_again');
    expect(kindOf('LedgerOpened', 'seals', 0, 0)).toBe('ledger_opened_again');
    for (const type of ['SigningKeyRotated', 'LedgerFormatRaised', 'ClockJumpAccepted']) {
      expect(misplaced({ type, stream: 'ledger', revision: 1 }, 1)).toBeNull();
      expect(misplaced({ type, stream: 'seals', revision: 1 }, 1)).toEqual({
        kind: 'event_misplaced',
        expected: `${type} in stream ledger`,
        actual: 'in stream seals',
      });
    }
    expect(misplaced({ type: 'LedgerSealed', stream: 'seals', revision: 1 }, 1)).toBeNull();
    expect(misplaced({ type: 'toString', stream: 'x', revision: 1 }, 1)).toBeNull();
  });
});

test('proofs of leaves and sizes outside the tree are faults of the program', () => {
  for (const [index, size] of [
    [-1, 3],
    [3, 3],
    [0, 0],
    [0.5, 3],
    [0, 2.5],
  ] as const)
    expect(() => inclusionNodes(index, size)).toThrow(internal('a leaf index outside the tree', { index, size }));
  for (const [from, to] of [
    [-1, 3],
    [4, 3],
    [0.5, 3],
    [0, 2.5],
  ] as const)
    expect(() => consistencyNodes(from, to)).toThrow(internal('an earlier tree size beyond the later', { from, to }));
  expect([consistencyNodes(0, 3), consistencyNodes(3, 3), inclusionNodes(0, 1)]).toEqual([[], [], []]);
});

test('base 64 is that of Node, and only its canonical texts are read', () => {
  for (let length = 0; length < 12; length++) {
    const bytes = Uint8Array.from({ length }, (_, at) => (at * 89 + length * 31 + 200) % 256);
    const written = Buffer.from(bytes).toString('base64');
    expect(toBase64(bytes)).toBe(written);
    expect(fromBase64(written)).toEqual(bytes);
  }
  for (const other of ['A', 'AA', 'AAA', 'AA=A', 'AB==', 'AAB=', '=AAA', '====', 'AA-_', 'AAA\n', ' AAA', 'AA==AAAA', 'A==='])
    expect(fromBase64(other)).toBeNull();
  expect(fromBase64(zeroHash)).toHaveLength(48);
});
