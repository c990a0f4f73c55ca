import { describe, expect, test } from '@jest/globals';
import { type AuditReport, type AuditVerifyOptions, createAuditVerifier, verifyAuditLines } from '../../../domain/audit/verify-audit.ts';
import { type AuditLine, type AuditStep, auditLine } from '../../../domain/audit/entry.ts';
import { trailerLine } from '../../../domain/audit/trailer.ts';
import type { JsonObject } from '../../../domain/shared/canonical-json.ts';
import { encodeEnvelope, contentHashOf, type Envelope } from '../../../domain/shared/envelope.ts';
import { fromHex, toHex, zeroHash } from '../../../domain/shared/hashing.ts';
import { createMerkleTree } from '../../../domain/audit/merkle.ts';
import { faultSeed, faultTrials, reportFigures, seeded } from '../../support/figures.ts';
import {
  checkpointOf,
  exportLog,
  type SmallLedger,
  sha256,
  signingKey,
  smallLedger,
  stepsOf,
  verifySignature,
} from '../../support/audit-log.ts';

const utf8 = new TextEncoder();
const ours = signingKey(1);
const theirs = signingKey(66);
const ledger = smallLedger(11, 150);
const sealed = exportLog(ledger, { signer: ours, sealedTo: 150 });
const lines = sealed.trimEnd().split('\n');

type Options = Omit<AuditVerifyOptions, 'sha256' | 'verifySignature'>;
const verify = (file: string | Uint8Array, options: Options = { verifierKey: ours.text }): AuditReport =>
  verifyAuditLines(typeof file === 'string' ? utf8.encode(file) : file, { sha256, verifySignature, ...options });
const kindsOf = (report: AuditReport): string[] => report.faults.map((fault) => `${fault.line} ${fault.kind}`);

/** Whoever can write the file can chain any lines again, trailer included. */
function rechained(bodies: readonly Record<string, unknown>[]): string {
  let prevHash = zeroHash;
  const out: string[] = [];
  for (const body of bodies.slice(0, -1)) {
    const line = body as unknown as AuditLine;
    const event = {
      envelope: { ...line.envelope, data: line.data as JsonObject },
      hash: line.event_hash,
      position: line.position ?? null,
      leafIndex: line.leaf_index,
    };
    const written = auditLine(sha256, prevHash, line as unknown as AuditStep, event);
    out.push(written.text);
    prevHash = written.hash;
  }
  const trailer = bodies.at(-1) as { selection: 'all'; tree_size: number; checkpoint: string | null; proofs: [] };
  const last = trailerLine(sha256, {
    lines: out.length,
    lastHash: prevHash,
    selection: trailer.selection,
    treeSize: trailer.tree_size,
    checkpoint: trailer.checkpoint,
    proofs: trailer.proofs,
  });
  return `${[...out, last.text].join('\n')}\n`;
}
const parsed = (): Record<string, unknown>[] => lines.map((line) => JSON.parse(line) as Record<string, unknown>);

describe('an honest file', () => {
  test('verifies to its seal, with the key from elsewhere', () => {
    const report = verify(sealed);
    expect(report.faults).toEqual([]);
    expect(report).toMatchObject({ lines: lines.length - 1, sealedTo: 150, unsealed: 0, tornAtByte: null, declaration: null });
    expect(report.notes).toEqual(['the export declares nothing: what was left out of it cannot be seen']);
    expect(report.seal).toEqual({ origin: ours.key.name, size: 150, root: toHex(ledger.tree.root()), trust: 'key' });
    expect(report.lastHash).toBe((JSON.parse(lines.at(-2)!) as { hash: string }).hash);
    expect(lines.length - 1).toBeGreaterThan(150);
  });

  test('says how far it is sealed and how many lines stand after', () => {
    const report = verify(exportLog(ledger, { signer: ours, sealedTo: 100 }));
    const after = ledger.events.slice(100).reduce((sum, event) => sum + stepsOf(event.envelope).length, 0);
    expect(report).toMatchObject({ sealedTo: 100, unsealed: after, faults: [] });
  });

  test('without a key, a checkpoint or a seal is unsealed throughout, never ok', () => {
    const unsealed = exportLog(ledger, { signer: null, sealedTo: 0 });
    for (const report of [verify(sealed, {}), verify(unsealed), verify(unsealed, {})]) {
      expect(report).toMatchObject({ sealedTo: 0, unsealed: lines.length - 1, seal: null, faults: [] });
    }
    expect(verify(sealed, {}).notes[0]).toContain('not trusted');
  });

  test('is anchored by a witnessed checkpoint, smaller, equal, and unsigned by any key known', () => {
    for (const size of [40, 150]) {
      const checkpoint = checkpointOf(ledger, { signer: ours, sealedTo: size });
      expect(verify(exportLog(ledger, { signer: null, sealedTo: 0 }), { checkpoint })).toMatchObject({
        sealedTo: size,
        seal: { trust: 'checkpoint' },
        faults: [],
      });
      expect(verify(sealed, { checkpoint, verifierKey: ours.text })).toMatchObject({ sealedTo: 150, seal: { trust: 'key' }, faults: [] });
    }
  });

  test('shows the data verbatim and the envelope beside it', () => {
    const line = JSON.parse(lines[0]!) as Pick<Envelope, 'data'> & { envelope: Omit<Envelope, 'data'>; event_hash: string };
    expect(line.data).toEqual(ledger.events[0]!.envelope.data);
    expect(encodeEnvelope(sha256, { ...line.envelope, data: line.data }).hash).toBe(line.event_hash);
    expect(line.event_hash).toBe(ledger.events[0]!.hash);
  });

  test('of no lines at all still has its trailer', () => {
    const empty = exportLog({ events: [], tree: createMerkleTree(sha256) }, { signer: ours, sealedTo: 0 });
    expect(verify(empty)).toMatchObject({ lines: 0, lastHash: zeroHash, sealedTo: 0, unsealed: 0, faults: [] });
  });

  test('cannot be made to forge lines by control characters in the data', () => {
    expect(ledger.events.some((event) => event.envelope.data['note'] === 'line\nbreak')).toBe(true);
    expect(sealed.split('\n')).toHaveLength(lines.length + 1);
    expect(lines.filter((line) => /\p{Cc}/u.test(line))).toEqual([]);
  });
});

describe('one run of the ledger', () => {
  const selection = { run: 'bbbb' };
  const run = exportLog(ledger, { signer: ours, sealedTo: 120, selection });
  const runLines = run.trimEnd().split('\n');

  test('is proven leaf by leaf under the signed checkpoint', () => {
    const report = verify(run);
    const chosen = ledger.events.filter((event) => /bbbb|metaPortfolio/.test(event.envelope.stream));
    expect(report.faults).toEqual([]);
    expect(report.sealedTo).toBe(120);
    expect(report.unsealed).toBe(
      chosen.filter((event) => event.leafIndex >= 120).reduce((sum, event) => sum + stepsOf(event.envelope).length, 0),
    );
    expect(report.unsealed).toBeGreaterThan(0);
  });

  test('is trusted with the same checkpoint from a witness, and not compared with one of another size', () => {
    expect(verify(run, { checkpoint: checkpointOf(ledger, { signer: ours, sealedTo: 120 }) })).toMatchObject({
      sealedTo: 120,
      seal: { trust: 'checkpoint' },
    });
    const other = verify(run, { checkpoint: checkpointOf(ledger, { signer: ours, sealedTo: 150 }) });
    expect(other).toMatchObject({ sealedTo: 0, seal: null, faults: [] });
    expect(other.notes.join()).toContain('different sizes');
  });

  test('with a proof of another leaf, a missing, a shortened or a surplus proof is refused', () => {
    const bodies = runLines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const trailer = bodies.at(-1)! as { proofs: { leaf_index: number; event_id: string; proof: string[] }[] };
    const withProofs = (proofs: unknown) => verify(rechained([...bodies.slice(0, -1), { ...trailer, proofs }]));
    const [first, second, ...others] = trailer.proofs;
    expect(kindsOf(withProofs([second, ...others]))).toEqual(['1 proof_invalid']);
    expect(kindsOf(withProofs([{ ...first!, proof: second!.proof }, second, ...others]))).toEqual(['1 proof_invalid']);
    expect(kindsOf(withProofs([{ ...first!, proof: first!.proof.slice(1) }, second, ...others]))).toEqual(['1 proof_invalid']);
    const surplus = { ...first!, leaf_index: 0 };
    expect(kindsOf(withProofs([first, second, ...others, surplus]))).toEqual([`${bodies.length} proof_invalid`]);
  });

  test('with an event missing from the middle of its own stream is incomplete', () => {
    const own = runLines.flatMap((line, index) => (line.includes('"stream":"metaRun-bbbb"') ? [index] : []));
    const bodies = runLines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const victim = (bodies[own[3]!] as { event_id: string }).event_id;
    const proofs = (bodies.at(-1)! as { proofs: { event_id: string }[] }).proofs.filter((proof) => proof.event_id !== victim);
    const report = verify(rechained([...bodies.slice(0, -1).filter((body) => body['event_id'] !== victim), { ...bodies.at(-1)!, proofs }]));
    expect(report.faults.map((fault) => fault.kind)).toEqual(['stream_chain']);
  });
});

describe('I1: any single byte', () => {
  test('of every line changed is seen in that line alone, from its text and its hash', () => {
    const seed = faultSeed();
    const random = seeded(seed);
    let tried = 0;
    let detected = 0;
    // Two hundred lines; in the suite every 25th byte from a random start, by hand (FAULT_TRIALS=25) all of them.
    const stride = Math.max(1, Math.round(25 / faultTrials(1)));
    const two = [...lines.slice(0, 199), lines.at(-1)!];
    for (const line of two) {
      const bytes = utf8.encode(line);
      for (let at = Math.floor(random() * stride); at < bytes.length; at += stride) {
        const flipped = bytes.slice();
        flipped[at]! ^= 1 << Math.floor(random() * 8);
        const verifier = createAuditVerifier({ sha256, verifySignature });
        verifier.line(flipped);
        const faults = verifier.finish().faults.filter((fault) => fault.kind === 'not_canonical' || fault.kind === 'line_hash');
        tried++;
        if (faults.length > 0 && faults.every((fault) => fault.line === 1)) detected++;
      }
    }
    reportFigures({ test: 'I1 one byte of a line of audit.jsonl', seed, trials: tried, detected });
    expect(detected).toBe(tried);
    expect(two).toHaveLength(200);
  });

  test('of the file changed, newlines included, is found and located', () => {
    const bytes = utf8.encode(sealed);
    const newlines = [...bytes.keys()].filter((at) => bytes[at] === 0x0a);
    const random = seeded(faultSeed());
    const anywhere = Array.from({ length: faultTrials(30) }, () => Math.floor(random() * bytes.length));
    for (const at of [...newlines.filter((_, index) => index % 20 === 0), newlines.at(-1)!, ...anywhere]) {
      const flipped = bytes.slice();
      flipped[at]! ^= 1 << Math.floor(random() * 8);
      const line = newlines.findIndex((end) => end >= at) + 1;
      const report = verify(flipped);
      expect(report.faults.length).toBeGreaterThan(0);
      expect(report.faults[0]!.line).toBe(line);
    }
  });
});

describe('I2: a line', () => {
  const small = smallLedger(12, 24);
  const smallLines = exportLog(small, { signer: ours, sealedTo: 24 }).trimEnd().split('\n');
  const inserted = auditLine(sha256, zeroHash, stepsOf(small.events[0]!.envelope)[0]!, small.events[0]!).text;

  test.each([
    ['deleted', (copy: string[], at: number) => copy.splice(at, 1)],
    ['duplicated', (copy: string[], at: number) => copy.splice(at, 0, copy[at]!)],
    ['swapped with the next', (copy: string[], at: number) => copy.splice(at, 2, copy[at + 1] ?? '', copy[at]!)],
    ['inserted before', (copy: string[], at: number) => copy.splice(at, 0, inserted)],
    ['replaced by an empty one', (copy: string[], at: number) => copy.splice(at, 1, '')],
  ])('%s at each position is found', (_, change) => {
    let detected = 0;
    for (let at = 0; at < smallLines.length; at++) {
      const copy = [...smallLines];
      change(copy, at);
      const report = verify(`${copy.join('\n')}\n`);
      const place = report.faults[0]?.line;
      if (place === at + 1 || place === at + 2) detected++;
    }
    expect(detected).toBe(smallLines.length);
  });

  test('deleted or duplicated in a file of 150 events is located', () => {
    const deleted = verify(`${lines.toSpliced(77, 1).join('\n')}\n`);
    const duplicated = verify(`${lines.toSpliced(77, 0, lines[77]!).join('\n')}\n`);
    expect(deleted.faults[0]).toMatchObject({ line: 78, kind: 'chain' });
    expect(kindsOf(duplicated)).toEqual(expect.arrayContaining(['79 chain', '79 duplicate']));
  });
});

describe('I3: the tail cut, or the whole file chained again', () => {
  const cut = (count: number): SmallLedger => {
    const events = ledger.events.slice(0, count);
    const tree = createMerkleTree(sha256);
    for (const event of events) tree.append(fromHex(event.hash));
    return { events, tree };
  };
  const anchor = checkpointOf(ledger, { signer: ours, sealedTo: 150 });

  test('a cut and properly closed file passes as unsealed without an anchor, and fails with one', () => {
    const shortened = exportLog(cut(149), { signer: null, sealedTo: 0 });
    expect(verify(shortened)).toMatchObject({ faults: [], sealedTo: 0, unsealed: verify(shortened).lines });
    expect(kindsOf(verify(shortened, { checkpoint: anchor }))).toEqual(['0 checkpoint_mismatch']);
    expect(kindsOf(verify(shortened, { checkpoint: anchor, verifierKey: ours.text }))).toEqual(['0 checkpoint_mismatch']);
  });

  test('a cut that keeps the old checkpoint is found with nothing but the file', () => {
    const shortened = exportLog(cut(149), { signer: ours, sealedTo: 149, checkpoint: anchor });
    expect(verify(shortened, {}).faults.map((fault) => fault.kind)).toContain('checkpoint_mismatch');
  });

  test('a seal made with another key is not a seal under ours, at every cut', () => {
    for (const count of [1, 50, 149]) {
      const forged = exportLog(cut(count), { signer: theirs, sealedTo: count });
      expect(verify(forged)).toMatchObject({ sealedTo: 0, faults: [{ kind: 'signature_invalid' }] });
      expect(verify(forged, {})).toMatchObject({ sealedTo: 0, seal: null });
    }
  });

  test('data edited and the file chained again never passes: the event hash stays behind', () => {
    const bodies = parsed();
    bodies[9]!['data'] = { ...(bodies[9]!['data'] as object), index: 1000 };
    expect(kindsOf(verify(rechained(bodies), {}))).toEqual(expect.arrayContaining(['10 event_hash', '10 content_hash']));
  });

  test('data edited with every hash of event, stream, lines and trailer made again is found by the root alone', () => {
    const victim = ledger.events.at(-1)!;
    const data = { ...victim.envelope.data, index: 1000 };
    const envelope = {
      ...victim.envelope,
      data,
      contentHash: contentHashOf(sha256, { type: victim.envelope.type, schemaVersion: victim.envelope.schemaVersion, data }),
    };
    const encoded = encodeEnvelope(sha256, envelope);
    const forged = { ...cut(149), events: [...ledger.events.slice(0, 149), { ...victim, ...encoded }] };
    const again = exportLog(forged, { signer: ours, sealedTo: 150, checkpoint: anchor });
    expect(verify(again).faults.map((fault) => fault.kind)).toEqual(['root_mismatch']);
    const unsealed = exportLog(forged, { signer: null, sealedTo: 0 });
    expect(verify(unsealed, {})).toMatchObject({ sealedTo: 0, faults: [] });
    expect(verify(unsealed, { checkpoint: anchor }).faults.map((fault) => fault.kind)).toEqual(['root_mismatch']);
  });

  test('a step that differs from what its event says is found where the steps are derived again', () => {
    const bodies = parsed();
    bodies[4]!['params'] = { engine: 'custom', profile: 'max_sharpe' };
    const rewritten = rechained(bodies);
    expect(kindsOf(verify(rewritten))).toEqual([]);
    expect(kindsOf(verify(rewritten, { verifierKey: ours.text, derive: stepsOf }))).toEqual(['5 derived_mismatch']);
    expect(verify(sealed, { verifierKey: ours.text, derive: stepsOf }).faults).toEqual([]);
  });

  test('a step left out of an event is found where the steps are derived again', () => {
    const bodies = parsed();
    const at = bodies.findIndex((body) => body['step'] === 'meta_optimize_min_variance');
    bodies.splice(at, 1);
    expect(kindsOf(verify(rechained(bodies), { verifierKey: ours.text, derive: stepsOf }))).toEqual([`${at} derived_mismatch`]);
  });

  test('columns, leaf numbers and steps that contradict the events are found in a file chained again', () => {
    const edited = (at: number, change: Record<string, unknown>) => {
      const bodies = parsed();
      Object.assign(bodies[at]!, change);
      return kindsOf(verify(rechained(bodies)));
    };
    expect(edited(149, { leaf_index: 3 })).toContain('150 leaf_order');
    const bodies = parsed();
    const doubled = rechained([...bodies.slice(0, 8), bodies[7]!, ...bodies.slice(8)]);
    expect(kindsOf(verify(doubled))).toEqual(['9 duplicate']);
  });
});

describe('I4: a split view', () => {
  test('two signed checkpoints of one size with other roots are both shown', () => {
    const other = smallLedger(13, 150);
    const report = verify(sealed, { checkpoint: checkpointOf(other, { signer: ours, sealedTo: 150 }), verifierKey: ours.text });
    expect(report.faults.map((fault) => fault.kind)).toEqual(['checkpoint_mismatch', 'root_mismatch']);
    expect(report.faults[0]!.expected).toContain(toHex(other.tree.root()));
    expect(report.faults[0]!.actual).toContain(toHex(ledger.tree.root()));
  });
});

describe('I7: cut at any byte', () => {
  test('is called torn at the byte where the last whole line ends', () => {
    const small = utf8.encode(exportLog(smallLedger(12, 2), { signer: ours, sealedTo: 2 }));
    let wholeTo = 0;
    for (let length = 0; length < small.length; length++) {
      if (length > 0 && small[length - 1] === 0x0a) wholeTo = length;
      const report = verify(small.subarray(0, length), {});
      if (report.tornAtByte !== wholeTo || report.faults.length !== 1 || report.faults[0]!.kind !== 'torn') {
        throw new Error(`cut at byte ${length}: ${JSON.stringify(report)}`);
      }
    }
    expect(verify(small, {}).tornAtByte).toBeNull();
  });

  test('leaves every whole line in front of the cut standing', () => {
    const bytes = utf8.encode(sealed);
    const report = verify(bytes.subarray(0, bytes.length - 10), { checkpoint: checkpointOf(ledger, { signer: ours, sealedTo: 150 }) });
    expect(report).toMatchObject({ lines: lines.length - 1, sealedTo: 150, faults: [{ kind: 'torn' }] });
  });
});

describe('what is not a line', () => {
  test.each([
    ['an array', '[]'],
    ['a number', '1'],
    ['text', 'hello'],
    ['nested beyond the limit', '['.repeat(100) + ']'.repeat(100)],
    ['an object of ours with a member too many', JSON.stringify({ ...parsed()[0]!, extra: 1 })],
    ['an object of other members', '{"hash":"x","prev_hash":"y","type":"z"}'],
    ['a trailer of another format', JSON.stringify({ ...parsed().at(-1)!, format: 2 })],
  ])('%s is refused without a crash', (_, text) => {
    const report = verify(`${text}\n${sealed}`);
    expect(report.faults[0]!.line).toBe(1);
    expect(report.sealedTo).toBe(0);
  });

  test('a byte order mark, a carriage return, a member named twice and another order of members are refused', () => {
    const first = lines[0]!;
    for (const text of [
      `\ufeff${first}`,
      `${first}\r`,
      `{"context":{},${first.slice(1)}`,
      JSON.stringify(JSON.parse(first)).replace(/^\{(.*),("type":"[^"]+")\}$/, '{$2,$1}'),
    ]) {
      const report = verify(`${[text, ...lines.slice(1)].join('\n')}\n`);
      expect(report.faults[0]).toMatchObject({ line: 1, kind: 'not_canonical' });
    }
  });

  test('lines behind the trailer are refused', () => {
    expect(kindsOf(verify(`${sealed}${lines[0]!}\n`))).toContain(`${lines.length + 1} trailer_misplaced`);
  });

  test('a malformed verifier key is the caller’s mistake, not a fault of the file', () => {
    expect(() => verify(sealed, { verifierKey: 'nonsense' })).toThrow('verifier key');
    expect(verify(sealed, { checkpoint: 'nonsense' }).faults).toMatchObject([{ line: 0, kind: 'signature_invalid' }]);
  });
});
