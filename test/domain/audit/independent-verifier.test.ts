import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { catalogue } from '../../../domain/catalogue.ts';
import { sealLine } from '../../../domain/audit/entry.ts';
import { type AuditReport, verifyAuditLines } from '../../../domain/audit/verify-audit.ts';
import { canonicalJson } from '../../../domain/shared/canonical-json.ts';
import { faultSeed, faultTrials, reportFigures, seeded } from '../../support/figures.ts';
import type { JsonObject } from '../../../domain/shared/canonical-json.ts';
import { auditStep } from '../../../projections/audit-log.ts';
import {
  checkpointOf,
  type ExportOptions,
  exportLog as exportLines,
  type SmallLedger,
  sha256,
  signingKey,
  smallLedger,
  verifySignature,
} from '../../support/audit-log.ts';
import { needs } from '../../support/needs.ts';
import { everyFact, sampleDocument } from '../../support/portfolio-events.ts';

const script = join(import.meta.dirname, '../../../examples/verify_audit.py');
const describeWithPython = needs('python').describe;

type PythonReport = AuditReport & { readonly file: string };
interface PythonAnswer {
  readonly ok: boolean;
  readonly signatures: string;
  readonly files: readonly PythonReport[];
}

function runPython(
  files: readonly string[],
  flags: readonly string[] = [],
): { readonly status: number | null; readonly answer: PythonAnswer } {
  // -I: no environment, no user packages; the standard library alone is enough.
  const run = spawnSync('python3', ['-I', script, '--json', ...flags, ...files], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (run.stderr !== '') throw new Error(run.stderr);
  return { status: run.status, answer: JSON.parse(run.stdout) as PythonAnswer };
}

/** What both verifiers must say alike: verdict, numbers, and each fault's place and kind. */
const verdict = (report: AuditReport) => ({
  lines: report.lines,
  lastHash: report.lastHash,
  sealedTo: report.sealedTo,
  unsealed: report.unsealed,
  seal: report.seal,
  tornAtByte: report.tornAtByte,
  notes: report.notes.length,
  faults: report.faults.map((fault) => `${fault.line} ${fault.kind}`).toSorted(),
});

const ours = signingKey(1);
const derive = (envelope: Parameters<typeof auditStep>[0]) => [auditStep(envelope)];
/** Both verifiers derive the readable part again: here it is what the program derives. */
const exportLog = (ledger: SmallLedger, options: ExportOptions): string => exportLines(ledger, { ...options, steps: derive });

const joined = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

/** Damage of some kind, or none. */
function damage(text: string, random: () => number): string {
  const pick = (limit: number) => Math.floor(random() * limit);
  const lines = text.trimEnd().split('\n');
  const at = pick(lines.length);
  const edit = (from: RegExp, to: string) => joined(lines.with(at, lines[at]!.replace(from, to)));
  const flips = () => {
    // Latin-1 keeps every byte; the byte changed may leave the text no UTF-8 at all.
    const bytes = Buffer.from(text, 'utf8');
    bytes[pick(bytes.length)]! ^= 1 << pick(8);
    return bytes.toString('latin1');
  };
  const kinds = [
    () => text,
    () => text,
    flips,
    () => joined(lines.toSpliced(at, 1)),
    () => joined(lines.toSpliced(at, 0, lines[at]!)),
    () => joined(lines.toSpliced(at, 0, lines[pick(lines.length)]!)),
    () => text.slice(0, pick(text.length)),
    () => joined(lines.slice(0, -1)),
    () => edit(/"revision":(\d+)/, '"revision":1$1'),
    () => edit(/(\d)\.(\d)/, '$1.0$2'),
    () => edit(/"leaf_index":(\d+)/, '"leaf_index":$1.0'),
    () => edit(/"index":(\d+)/, '"index":1e999'),
    () => edit(/"index":(\d+)/, '"index":NaN'),
    () => edit(/"index":(\d+)/, '"index":-0'),
    () => edit(/"status":"success"/, '"status":"\\ud800"'),
    () => edit(/"status":"success"/, '"status":1'),
    () => edit(/"params":\{/, '"params":{"params":{},'),
    () => edit(/"checkpoint":"([^\\]*)\\n/, '"checkpoint":"$1x\\n'),
    () => edit(/"proof":\["(.)/, '"proof":["0'),
    () => edit(/,/, ', '),
  ];
  return kinds[pick(kinds.length)]!();
}

interface Log {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** Both verifiers over the same files; answers the verdicts that they share. */
function compare(
  logs: readonly Log[],
  flags: readonly string[],
  options: { verifierKey?: string; checkpoint?: string },
): ReturnType<typeof verdict>[] {
  const ourReports = logs.map(({ bytes }) => verdict(verifyAuditLines(bytes, { sha256, verifySignature, derive, ...options })));
  const { status, answer } = runPython(
    logs.map(({ file }) => file),
    flags,
  );
  expect(answer.files.map(verdict)).toEqual(ourReports);
  const faultless = ourReports.every((report) => report.faults.length === 0);
  expect({ status, ok: answer.ok }).toEqual({ status: faultless ? 0 : 1, ok: faultless });
  return ourReports;
}

describeWithPython('verify_audit.py, which shares no code with us', () => {
  const directory = mkdtempSync(join(tmpdir(), 'audit-python-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const write = (name: string, content: string | Uint8Array): string => {
    const file = join(directory, name);
    writeFileSync(file, content);
    return file;
  };

  const logOf = (name: string, text: string): Log => ({ file: write(name, text), bytes: Buffer.from(text) });

  const someLog = (random: () => number, number: number, seed: number): Log => {
    const count = 1 + Math.floor(random() * 14);
    const ledger = smallLedger(seed % 9000, count);
    const signer = [ours, ours, ours, null, signingKey(9)][Math.floor(random() * 5)]!;
    const sealedTo = Math.floor(random() * (count + 1));
    const selection = random() < 0.4 ? { run: random() < 0.5 ? 'bbbb' : 'aaaa' } : 'all';
    const text = damage(exportLog(ledger, { signer, sealedTo, selection }), random);
    const bytes = /[\u0080-\u00ff]/.test(text) && !/[\u0100-\uffff]/.test(text) ? Buffer.from(text, 'latin1') : Buffer.from(text, 'utf8');
    return { file: write(`log-${number}.jsonl`, bytes), bytes };
  };

  test('I5: agrees on every generated log, honest or damaged, fault for fault', () => {
    const seed = faultSeed();
    const random = seeded(seed);
    const trials = faultTrials(24);
    let damaged = 0;
    for (let done = 0; done < trials; done += 100) {
      const logs = Array.from({ length: Math.min(100, trials - done) }, (_, index) => someLog(random, done + index, seed + done + index));
      const reports = compare(logs, ['--vkey', ours.text], { verifierKey: ours.text });
      damaged += reports.filter((report) => report.faults.length > 0).length;
    }
    reportFigures({ test: 'I5 independent verifier in Python', seed, trials, damaged, disagreements: 0 });
    expect(damaged).toBeGreaterThan(0);
    expect(damaged).toBeLessThan(trials);
  });

  describe('with anchors', () => {
    const ledger: SmallLedger = smallLedger(21, 20);
    test('takes a trailer that names the derivation rules and one of before they were named, and refuses rules that nobody knows', () => {
      const lines = exportLog(ledger, { signer: ours, sealedTo: 20 }).trimEnd().split('\n');
      const { hash: _, derivation, ...older } = JSON.parse(lines.at(-1)!) as Record<string, unknown>;
      expect(derivation).toBe(1);
      const withTrailer = (body: Record<string, unknown>): string => {
        const { hash, textWith } = sealLine(sha256, body);
        return joined([...lines.slice(0, -1), textWith(hash)]);
      };
      const logs = [
        logOf('older.jsonl', withTrailer(older)),
        logOf('named.jsonl', withTrailer({ ...older, derivation: 1 })),
        logOf('unknown.jsonl', withTrailer({ ...older, derivation: 2 })),
      ];
      expect(Buffer.from(logs[1]!.bytes).toString('utf8')).toBe(joined(lines));
      const reports = compare(logs, ['--vkey', ours.text], { verifierKey: ours.text });
      expect(reports.map(({ sealedTo, faults }) => [sealedTo, faults.map((fault) => fault.split(' ')[1])])).toEqual([
        [20, []],
        [20, []],
        [0, expect.arrayContaining(['line_shape'])],
      ]);
    });

    test('agrees with a checkpoint from elsewhere: equal, smaller, of another ledger, with and without a key', () => {
      const logs = [
        logOf('sealed.jsonl', exportLog(ledger, { signer: ours, sealedTo: 20 })),
        logOf('unsealed.jsonl', exportLog(ledger, { signer: null, sealedTo: 0 })),
        logOf('run.jsonl', exportLog(ledger, { signer: ours, sealedTo: 20, selection: { run: 'aaaa' } })),
        logOf('cut.jsonl', exportLog({ ...ledger, events: ledger.events.slice(0, 10) }, { signer: null, sealedTo: 0 })),
      ];
      for (const source of [ledger, smallLedger(22, 20)]) {
        for (const size of [20, 12]) {
          const checkpoint = checkpointOf(source, { signer: ours, sealedTo: size })!;
          const file = write('checkpoint.txt', checkpoint);
          compare(logs, ['--checkpoint', file], { checkpoint });
          compare(logs, ['--checkpoint', file, '--vkey', ours.text], { checkpoint, verifierKey: ours.text });
          compare(logs, ['--checkpoint', file, '--vkey', signingKey(9).text], { checkpoint, verifierKey: signingKey(9).text });
        }
      }
    });

    test('verifies the signature in pure Python and says so', () => {
      const log = logOf('pure.jsonl', exportLog(ledger, { signer: ours, sealedTo: 20 }));
      const { status, answer } = runPython([log.file], ['--pure', '--vkey', ours.text]);
      expect(status).toBe(0);
      expect(answer.signatures).toContain('pure Python');
      expect(answer.files[0]!.seal).toMatchObject({ trust: 'key', size: 20 });
      expect(runPython([log.file], ['--pure', '--vkey', signingKey(9).text]).answer.files[0]!.faults).toMatchObject([
        { kind: 'signature_invalid' },
      ]);
    });

    test('tells people how far the file is sealed, and exits 2 on wrong usage', () => {
      const log = logOf('people.jsonl', exportLog(ledger, { signer: ours, sealedTo: 20 }));
      const run = (...flags: string[]) => spawnSync('python3', ['-I', script, log.file, ...flags], { encoding: 'utf8' });
      expect(run('--vkey', ours.text).stdout).toContain(`sealed to 20 by ${ours.key.name} (signature verified by`);
      expect(run().stdout).toContain('NOT SEALED');
      expect(run('--vkey', 'no+key+atall').status).toBe(2);
      expect(run('--checkpoint', join(directory, 'missing')).status).toBe(2);
    });
  });

  test('knows the step and the status of every type of event, and of one that nobody knows', () => {
    const source = [
      'import importlib.util, json, sys',
      'spec = importlib.util.spec_from_file_location("verifier", sys.argv[1])',
      'module = importlib.util.module_from_spec(spec)',
      'spec.loader.exec_module(module)',
      'envelope = lambda kind: {"type": kind, "stream": "metaRun-r"}',
      'print(json.dumps({kind: module.derive(envelope(kind), {"risk": "hrp"}) for kind in json.load(sys.stdin)}))',
    ].join('\n');
    const types = [...Object.keys(catalogue), 'OfALaterBuild'];
    const run = spawnSync('python3', ['-I', '-B', '-c', source, script], { encoding: 'utf8', input: JSON.stringify(types) });
    expect(run.stderr).toBe('');
    const [{ envelope }] = smallLedger(1, 1).events as unknown as [SmallLedger['events'][number]];
    const ofOurs = types.map((type) => [type, auditStep({ ...envelope, type, stream: 'metaRun-r', data: { risk: 'hrp' } })]);
    expect(JSON.parse(run.stdout)).toEqual(Object.fromEntries(ofOurs));
  });

  test('derives what a step of a backtest, a combination or a tournament says, whatever its event holds', () => {
    const source = [
      'import importlib.util, json, sys',
      'spec = importlib.util.spec_from_file_location("verifier", sys.argv[1])',
      'module = importlib.util.module_from_spec(spec)',
      'spec.loader.exec_module(module)',
      'envelope = lambda kind: {"type": kind, "stream": "backtest-t"}',
      'print(json.dumps([module.derive(envelope(kind), data) for kind, data in module.parse_json(sys.stdin.read())]))',
    ].join('\n');
    const recorded = everyFact().events.filter(({ envelope: { stream } }) => /^(?:backtest|combination|tournament)-/.test(stream));
    const strange: JsonObject[] = [
      { params: [], options: { risks: 'hrp' }, tested: [{ risk: 7 }, null, ['hrp'], { risk: 'hrp' }] },
      { params: { train_window: null, engine: ['x'] }, options: { risks: ['hrp', 1, null] }, index: 'first' },
      { params: null, options: [], failed: [{ risk: 'barbell' }], trainFirst: false, path: ['a', 'b'], last: null },
      { risk: null, tested: { risk: 'hrp' }, first: {}, params: { selection_mode: 'v3' } },
      { inputs: [sampleDocument], name: 'book', nested: { inputs: sampleDocument }, method: null },
    ];
    const given = [
      ...recorded.map(({ type, data }) => [type, data as unknown as JsonObject] as const),
      ...[...new Set(recorded.map(({ type }) => type))].flatMap((type) => strange.map((data) => [type, data] as const)),
    ];
    const run = spawnSync('python3', ['-I', '-B', '-c', source, script], { encoding: 'utf8', input: JSON.stringify(given) });
    expect(run.stderr).toBe('');
    const [{ envelope }] = smallLedger(1, 1).events as unknown as [SmallLedger['events'][number]];
    expect(JSON.parse(run.stdout)).toEqual(given.map(([type, data]) => auditStep({ ...envelope, type, stream: 'backtest-t', data })));
  });

  test('writes every double as RFC 8785 does', () => {
    const random = seeded(faultSeed());
    const view = new DataView(new ArrayBuffer(8));
    const anyBits = (): number => {
      for (;;) {
        view.setUint32(0, Math.floor(random() * 4294967296));
        view.setUint32(4, Math.floor(random() * 4294967296));
        const value = view.getFloat64(0);
        if (Number.isFinite(value)) return value;
      }
    };
    const doubles = Array.from({ length: 10_000 }, (_, index) =>
      [anyBits, random, () => Math.round(random() * 1e6) / 100, () => Math.floor(random() * 1e23), () => random() * 1e-6][index % 5]!(),
    );
    doubles.push(0, -0, 1e21, 999999999999999900000, 1e-6, 1e-7, 5e-324, Number.MAX_VALUE, -1.5, 100, 123456789012345680000);
    const source = [
      'import importlib.util, json, struct, sys',
      'spec = importlib.util.spec_from_file_location("verifier", sys.argv[1])',
      'module = importlib.util.module_from_spec(spec)',
      'spec.loader.exec_module(module)',
      'bits = json.load(sys.stdin)',
      'print(json.dumps([module.number_text(struct.unpack(">d", bytes.fromhex(b))[0]) for b in bits]))',
    ].join('\n');
    const bits = doubles.map((value) => {
      view.setFloat64(0, value);
      return view.getBigUint64(0).toString(16).padStart(16, '0');
    });
    const run = spawnSync('python3', ['-I', '-B', '-c', source, script], {
      encoding: 'utf8',
      input: JSON.stringify(bits),
      maxBuffer: 1 << 26,
    });
    expect(run.stderr).toBe('');
    expect(JSON.parse(run.stdout)).toEqual(doubles.map((value) => canonicalJson(value)));
  });
});
