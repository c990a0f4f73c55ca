/** What the verifier says of what a log declares and of who sealed and signed it. */
import { describe, expect, test } from '@jest/globals';
import { signCheckpoint } from '../../../domain/audit/checkpoint.ts';
import { sealLine } from '../../../domain/audit/entry.ts';
import { signNote } from '../../../domain/audit/signed-note.ts';
import { type AuditSelection, type Declared, exportStatement } from '../../../domain/audit/trailer.ts';
import { toHex, zeroHash } from '../../../domain/shared/hashing.ts';
import { sha256 } from '../../support/audit-log.ts';
import {
  ours,
  impostor,
  stranger,
  type Options,
  stepsOf,
  events,
  tree,
  all,
  noteOf,
  place,
  proofOf,
  type Written,
  written,
  verify,
  short,
  faultsOf,
  h,
  saidOf,
  vouched,
  untrusted,
  undeclaredTrust,
  declaration,
} from '../../support/declared-log.ts';
const shortRoot = (size: number): string => short(toHex(tree.root(size)));
const sealOf = (log: Written, options: Options) => {
  const { seal, sealedTo, unsealed } = verify(written(log), options);
  return [seal?.size ?? null, seal?.trust ?? null, sealedTo, unsealed];
};
const leaf = (index: number, size = 6): string => `leaf ${index} under desk.example size ${size} root ${short(toHex(tree.root(size)))}`;
const gaps = (indices: readonly number[], selection: AuditSelection) =>
  faultsOf(verify(written({ lines: indices.map((index) => all[index]!), selection, declared: null, checkpoint: null, treeSize: 0 })));

const sealedEach = (log: Written, options?: Options) => {
  const { sealedTo, unsealed, seal } = verify(written(log), options);
  return [sealedTo, unsealed, seal?.trust ?? null];
};

describe('a log of everything', () => {
  test('that is sealed and signed has no finding at all', () => {
    const lastHash = (JSON.parse(written({}).trimEnd().split('\n').at(-2)!) as { hash: string }).hash;
    expect(verify(written({}), { verifierKey: ours.text, derive: stepsOf, complete: true })).toEqual({
      lines: 6,
      lastHash,
      sealedTo: 6,
      unsealed: 0,
      seal: { origin: 'desk.example', size: 6, root: toHex(tree.root(6)), trust: 'key' },
      declaration,
      tornAtByte: null,
      notes: [],
      faults: [],
    });
  });

  test.each<[string, Written, Options, readonly string[]]>([
    ['without a key is trusted by nobody', {}, {}, [untrusted, undeclaredTrust]],
    [
      'without a key where one is asked for',
      {},
      { complete: true },
      [`7 unsigned: ${vouched} | no key was given to open the signature with`, untrusted],
    ],
    ['without a signature where a key is known', { signer: null }, { verifierKey: ours.text }, [`7 unsigned: ${vouched} | no signature`]],
    [
      'without a signature where one is asked for',
      { signer: null },
      { complete: true },
      [`7 unsigned: ${vouched} | no signature`, untrusted],
    ],
    ['without a signature or a key', { signer: null }, {}, [untrusted, 'note: nobody signed what the export declares']],
    [
      'signed by somebody else of that name',
      { signer: impostor },
      { verifierKey: ours.text },
      ['7 signature_invalid: what the export declares, signed by the verifier key | the note is not signed by the verifier key given'],
    ],
    ['signed by somebody else, which no key tells', { signer: impostor }, {}, [untrusted, undeclaredTrust]],
    [
      'signed by somebody else than the key in the archive',
      { signer: impostor },
      { archiveKey: ours.text },
      [
        '7 signature_invalid: what the export declares, signed by the verifier key | the note is not signed by the verifier key given',
        untrusted,
      ],
    ],
    [
      'sealed by somebody else than the key in the archive',
      { checkpoint: noteOf(6, impostor) },
      { archiveKey: ours.text },
      ['7 signature_invalid: a checkpoint signed by the verifier key | the note is not signed by the verifier key given', undeclaredTrust],
    ],
    [
      'with a key of another name in the archive',
      { signer: impostor, checkpoint: noteOf(6, impostor) },
      { archiveKey: stranger.text },
      [untrusted, undeclaredTrust],
    ],
    ['with a key in the archive that does not read', {}, { archiveKey: 'nonsense' }, [untrusted, undeclaredTrust]],
    ['with the key in the archive', {}, { archiveKey: ours.text }, [untrusted, undeclaredTrust]],
    [
      'of another origin than the key',
      { declared: { origin: 'other.example' }, signer: stranger },
      { verifierKey: ours.text },
      [
        `7 checkpoint_mismatch: a checkpoint of other.example | desk.example size 6 root ${short(toHex(tree.root(6)))}`,
        '7 signature_invalid: what the export declares, signed by the verifier key | the origin of the export is not the name of the key',
      ],
    ],
    ['under keys of a ledger of another name', {}, { ledgerKeys: [stranger.key] }, [untrusted, undeclaredTrust]],
    ['under the newer and the older key of its ledger', {}, { ledgerKeys: [ours.key, impostor.key] }, []],
    [
      'that declares another number of events',
      { declared: { events: 7 } },
      { verifierKey: ours.text },
      ['7 incomplete: 7 events | 6 events'],
    ],
    [
      'that declares single events',
      { declared: { cited: [place(1)] } },
      { verifierKey: ours.text },
      ['7 incomplete: no single events in a file of all | 1'],
    ],
    [
      'that declares some streams',
      { declared: { streams: [place(0)] } },
      { verifierKey: ours.text },
      ['7 incomplete: every stream declared exactly where everything is selected | another selection'],
    ],
    [
      'with proofs',
      { proofs: [proofOf(1, 6)] },
      { verifierKey: ours.text },
      ['7 proof_invalid: no proofs in a file of all events | 1 proofs'],
    ],
    ['whose trailer gives another size', { treeSize: 5 }, { verifierKey: ours.text }, ['7 checkpoint_mismatch: tree_size 6 | tree_size 5']],
    ['whose trailer counts one line more', { count: 7 }, { verifierKey: ours.text }, ['7 count: 6 lines before the trailer | 7']],
    ['that is not sealed', { checkpoint: null, treeSize: 0 }, { verifierKey: ours.text }, []],
    [
      'of format 1',
      { declared: null },
      { verifierKey: ours.text },
      ['note: the export declares nothing: what was left out of it cannot be seen'],
    ],
    [
      'of format 1 where a declaration is asked for',
      { declared: null },
      { verifierKey: ours.text, complete: true },
      ['7 unsigned: an export that declares what it holds | trailer format 1'],
    ],
    [
      'beside a witnessed checkpoint without a key',
      {},
      { checkpoint: noteOf(5, impostor) },
      ['note: the signature of the checkpoint given was not checked: no verifier key was given', undeclaredTrust],
    ],
    [
      'beside a checkpoint of another ledger',
      {},
      { checkpoint: noteOf(6, stranger) },
      [
        `0 checkpoint_mismatch: other.example size 6 root ${shortRoot(6)} | desk.example size 6 root ${shortRoot(6)}`,
        'note: the signature of the checkpoint given was not checked: no verifier key was given',
        undeclaredTrust,
      ],
    ],
    [
      'beside a checkpoint of more events',
      {},
      { checkpoint: signCheckpoint({ origin: 'desk.example', size: 7, root: tree.root(6) }, ours.key, ours.sign) },
      [
        '0 checkpoint_mismatch: 7 events under the checkpoint | 6 events in the file',
        'note: the signature of the checkpoint given was not checked: no verifier key was given',
        undeclaredTrust,
      ],
    ],
    [
      'beside a checkpoint of other events',
      {},
      { verifierKey: ours.text, checkpoint: signCheckpoint({ origin: 'desk.example', size: 5, root: tree.root(6) }, ours.key, ours.sign) },
      [`0 root_mismatch: ${short(toHex(tree.root(6)))} | ${short(toHex(tree.root(5)))}`],
    ],
  ])('%s', (_, log, options, said) => {
    expect(saidOf(verify(written(log), options))).toEqual(said);
  });

  test('is sealed by the largest checkpoint that holds and is trusted', () => {
    expect(sealOf({}, { verifierKey: ours.text })).toEqual([6, 'key', 6, 0]);
    expect(sealOf({ checkpoint: noteOf(2), treeSize: 2 }, { verifierKey: ours.text })).toEqual([2, 'key', 2, 4]);
    expect(sealOf({ checkpoint: noteOf(2), treeSize: 2 }, { verifierKey: ours.text, checkpoint: noteOf(5) })).toEqual([5, 'key', 5, 1]);
    expect(sealOf({}, { checkpoint: noteOf(5) })).toEqual([5, 'checkpoint', 5, 1]);
    expect(sealOf({}, { checkpoint: noteOf(6) })).toEqual([6, 'checkpoint', 6, 0]);
    expect(sealOf({}, {})).toEqual([null, null, 0, 6]);
    expect(sealOf({ checkpoint: null, treeSize: 0 }, { verifierKey: ours.text })).toEqual([null, null, 0, 6]);
  });

  test('opens several keys, one a line, and refuses none', () => {
    expect(verify(written({}), { verifierKey: ` \t${impostor.text}\r\n\n${ours.text}\t \n` }).sealedTo).toBe(6);
    for (const text of ['', '\n', ' \t\r\n'])
      expect(() => verify('', { verifierKey: text })).toThrow('no verifier key was given: it reads name+keyId+base64');
  });

  test('whose signature speaks of another export is not signed', () => {
    const forged = signNote(exportStatement('desk.example', zeroHash), ours.key, ours.sign);
    const body = JSON.parse(written({}).trimEnd().split('\n').at(-1)!) as Record<string, unknown>;
    const { hash: _, ...rest } = body;
    const sealed = sealLine(sha256, { ...rest, signed: forged });
    const text = [...written({}).split('\n').slice(0, 6), sealed.textWith(sealed.hash), ''].join('\n');
    const said = '7 signature_invalid: what the export declares, signed by the verifier key | the signed text is not that of this export';
    expect(saidOf(verify(text))).toEqual([said]);
    expect(saidOf(verify(text, {}))).toEqual([said, untrusted]);
    expect(verify(text).declaration).toEqual({ ...declaration, trust: null });
  });
});

describe('a log of one run', () => {
  const run = [2, 4, 1].toSorted((left, right) => left - right);
  const ofRun: Written = {
    lines: run.map((index) => all[index]!),
    selection: { run: 'b' },
    proofs: run.map((index) => proofOf(index, 6)),
    declared: { events: 3, streams: [place(4)], cited: [place(1)] },
  };
  const declaring = (declared: Partial<Declared>): Written => ({ ...ofRun, declared: { ...ofRun.declared, ...declared } });
  const missing = { stream: 'metaRun-b', revision: 2, hash: zeroHash };

  test('that is declared, proven and signed has no finding at all', () => {
    const report = verify(written({ ...ofRun, declared: { ...ofRun.declared, files: [{ path: 'a.txt', sha256: zeroHash }] } }));
    expect(report).toEqual({
      lines: 3,
      lastHash: report.lastHash,
      sealedTo: 6,
      unsealed: 0,
      seal: { origin: 'desk.example', size: 6, root: toHex(tree.root(6)), trust: 'key' },
      declaration: { origin: 'desk.example', events: 3, streams: 1, cited: 1, files: 1, trust: 'key' },
      tornAtByte: null,
      notes: [],
      faults: [],
    });
  });

  const sizes = 'note: the given checkpoint and the checkpoint of the proofs have different sizes: they were not compared';
  test.each<[string, Written, readonly string[], Options?]>([
    [
      'of which every stream is declared',
      declaring({ streams: 'all' }),
      [
        '4 incomplete: every stream declared exactly where everything is selected | another selection',
        '4 incomplete: no single events in a file of all | 1',
      ],
    ],
    [
      'whose own stream is not declared',
      declaring({ streams: [place(1)], cited: [place(4)] }),
      ['2 undeclared: a declared event | metaRun-b@0', '4 incomplete: the stream of run b | not declared'],
    ],
    ['that is cut', declaring({ streams: [missing] }), ['4 incomplete: metaRun-b from revision 0 to 2 | 2 of these events']],
    [
      'of a stream that is not there',
      declaring({ streams: [place(4), place(5)] }),
      ['4 incomplete: sleeve-c from revision 0 to 0 | 0 of these events'],
    ],
    [
      'that ends in another event',
      declaring({ streams: [{ ...place(4), hash: zeroHash }] }),
      [`4 incomplete: metaRun-b@1 ${short(zeroHash)} | another event`],
    ],
    [
      'with one event more than its stream is declared to have',
      declaring({ streams: [place(2)] }),
      ['3 undeclared: a declared event | metaRun-b@1'],
    ],
    ['without a single event', declaring({ cited: [place(1), place(3)] }), [`4 incomplete: sleeveRun-a@1 ${h(3)} | no event`]],
    [
      'with another single event',
      declaring({ cited: [{ ...place(1), hash: zeroHash }] }),
      [`4 incomplete: sleeveRun-a@0 ${short(zeroHash)} | ${h(1)}`],
    ],
    ['with an event that nobody declares', declaring({ cited: [] }), ['1 undeclared: a declared event | sleeveRun-a@0']],
    ['without proofs', { ...ofRun, proofs: [] }, run.map((index, at) => `${at + 1} proof_invalid: ${leaf(index)} | no proof`)],
    [
      'with the proof of another event',
      { ...ofRun, proofs: [proofOf(1, 6), { ...proofOf(2, 6), event_id: 'x' }, proofOf(4, 6)] },
      [`2 proof_invalid: ${leaf(2)} | a proof that does not lead there`],
    ],
    [
      'with a proof that leads elsewhere',
      { ...ofRun, proofs: [proofOf(1, 6), proofOf(2, 6), proofOf(4, 5)] },
      [`3 proof_invalid: ${leaf(4)} | a proof that does not lead there`],
    ],
    [
      'with a proof too many',
      { ...ofRun, proofs: [...run, 5].map((index) => proofOf(index, 6)) },
      [`4 proof_invalid: proofs of events in the file | a proof of ${events[5]!.envelope.id}`],
    ],
    ['with proofs and no checkpoint', { ...ofRun, checkpoint: null }, ['4 proof_invalid: a checkpoint that the proofs lead to | none']],
    [
      'under an older checkpoint than the one that is given',
      { ...ofRun, checkpoint: noteOf(4), treeSize: 4, proofs: [1, 2].map((index) => proofOf(index, 4)) },
      [sizes, 'note: the export was made under 4 events and the given checkpoint covers 6: it may lack what came later'],
      { verifierKey: ours.text, checkpoint: noteOf(6) },
    ],
    ['under a newer checkpoint than the one that is given', ofRun, [sizes], { verifierKey: ours.text, checkpoint: noteOf(4) }],
    ['beside the same checkpoint', ofRun, [], { verifierKey: ours.text, checkpoint: noteOf(6) }],
    [
      'beside another checkpoint of that size',
      ofRun,
      [`0 checkpoint_mismatch: desk.example size 6 root ${shortRoot(5)} | desk.example size 6 root ${shortRoot(6)}`],
      { verifierKey: ours.text, checkpoint: signCheckpoint({ origin: 'desk.example', size: 6, root: tree.root(5) }, ours.key, ours.sign) },
    ],
  ])('%s', (_, log, said, options: Options = { verifierKey: ours.text }) => {
    expect(saidOf(verify(written(log), options))).toEqual(said);
  });

  test('is sealed event by event', () => {
    expect(sealedEach(ofRun)).toEqual([6, 0, 'key']);
    expect(sealedEach({ ...ofRun, checkpoint: noteOf(4), treeSize: 4, proofs: [1, 2].map((index) => proofOf(index, 4)) })).toEqual([
      4,
      1,
      'key',
    ]);
    expect(sealedEach({ ...ofRun, proofs: [proofOf(1, 6), proofOf(4, 6)] })).toEqual([6, 1, 'key']);
    expect(sealedEach({ ...ofRun, checkpoint: null, proofs: [] })).toEqual([0, 3, null]);
    expect(sealedEach(ofRun, {})).toEqual([0, 3, null]);
    expect(sealedEach(ofRun, { checkpoint: noteOf(6) })).toEqual([6, 0, 'checkpoint']);
    expect(sealedEach(ofRun, { checkpoint: noteOf(4) })).toEqual([0, 3, null]);
    expect(
      sealedEach(ofRun, { checkpoint: signCheckpoint({ origin: 'desk.example', size: 6, root: tree.root(5) }, ours.key, ours.sign) }),
    ).toEqual([0, 3, null]);
  });

  test('may lack events of other streams, and none of its own', () => {
    expect(gaps([3, 4], { run: 'c' })).toEqual([]);
    expect(gaps([3, 4], { run: 'b' })).toEqual(['2 stream_chain: metaRun-b revision 0 | revision 1']);
    expect(gaps([3, 4], { run: 'a' })).toEqual(['1 stream_chain: sleeveRun-a revision 0 | revision 1']);
    expect(gaps([0, 1, 3, 5], 'all')).toEqual(['3 leaf_order: leaf 2 | leaf 3', '4 leaf_order: leaf 4 | leaf 5']);
    expect(gaps([0, 2, 3], 'all')).toEqual(['2 leaf_order: leaf 1 | leaf 2', '3 stream_chain: sleeveRun-a revision 0 | revision 1']);
  });
});
