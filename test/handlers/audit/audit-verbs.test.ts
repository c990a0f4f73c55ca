import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { openCheckpoint } from '../../../domain/audit/checkpoint.ts';
import { leafHash, rootOf } from '../../../domain/audit/merkle.ts';
import { parseVerifierKey } from '../../../domain/audit/signed-note.ts';
import { fromHex, toHex } from '../../../domain/shared/hashing.ts';
import { createNodeCrypto } from '../../../infra/crypto/node-crypto.ts';
import { Workbench } from '../../support/cli.ts';
import { tamper } from '../../support/flip-bytes.ts';
import { needs } from '../../support/needs.ts';
import { anyPython, runPython } from '../../support/python.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { SealedLedger } from '../../support/sealed-ledger.ts';

const testWithPython = needs('python').test;

const crypto = createNodeCrypto();
const scratch = scratchDirectory();
const ledger = new SealedLedger(scratch);
const { bench } = ledger;

interface Line {
  readonly type: string;
  readonly stream: string;
  readonly event_hash: string;
  readonly leaf_index: number;
  readonly data: Record<string, unknown>;
}
const linesOf = (file: string): Line[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);

beforeAll(async () => {
  await ledger.fill();
}, 120_000);

describe('audit export', () => {
  test('of everything has one line an event, in ledger order', async () => {
    const file = bench.path('all.jsonl');
    const { result } = await ledger.answered(['audit', 'export', '--all', '-o', file]);
    const events = await bench.events();
    expect(linesOf(file).map(({ event_hash }) => event_hash)).toEqual(events.map(({ hash }) => hash));
    // Oracle: the digest of the bytes as they lie on the disk.
    expect(result).toMatchObject({
      lines: events.length,
      file,
      sha256: toHex(crypto.sha256(readFileSync(file))),
      bytes: readFileSync(file).length,
    });
    expect((await ledger.answered(['audit', 'verify', file])).result).toMatchObject({
      lines: result['lines'],
      lastHash: result['lastHash'],
      sealedTo: result['sealedTo'],
    });
  });

  test('of a sleeve run holds its stream and the line that accepted it', async () => {
    const file = bench.path('sleeve.jsonl');
    await ledger.answered(['audit', 'export', '--run', ledger.sleeveRun, '-o', file]);
    const events = await bench.events();
    const accepted = linesOf(file).filter(({ type }) => type === 'SleeveRunAccepted');
    expect(accepted.map(({ data }) => data['runId'])).toEqual([ledger.sleeveRun]);
    expect(linesOf(file).filter(({ stream }) => stream === `sleeveRun-${ledger.sleeveRun}`)).toHaveLength(
      events.filter(({ stream }) => stream === `sleeveRun-${ledger.sleeveRun}`).length,
    );
    expect(new Set(linesOf(file).map(({ stream }) => stream))).toEqual(new Set([`sleeveRun-${ledger.sleeveRun}`, 'sleeve-stocks']));
  });

  test('of a meta run holds every sleeve run that it consumes, through nested portfolios too', async () => {
    const file = bench.path('nested.jsonl');
    const { result } = await ledger.answered(['audit', 'export', '--run', ledger.nestedRun, '-o', file]);
    expect(result['sleeveRuns']).toHaveLength(3);
    const opened = linesOf(file).find(({ type }) => type === 'MetaRunOpened')!;
    const consumed = (opened.data['consumed'] as { runId: string }[]).map(({ runId }) => runId);
    for (const runId of consumed) {
      expect(linesOf(file).filter(({ type, stream }) => type === 'SleeveRunOpened' && stream === `sleeveRun-${runId}`)).toHaveLength(1);
      expect(linesOf(file).filter(({ type, data }) => type === 'SleeveRunAccepted' && data['runId'] === runId)).toHaveLength(1);
    }
    expect(linesOf(file).some(({ stream }) => stream === `metaRun-${ledger.metaRun}`)).toBe(false);
  });

  test('of a run has the waivers that it cites, and the same bytes where rows that lead to them are gone or astray', async () => {
    const own = new Workbench(scratch, (manifest) => {
      manifest.profiles['funds']!['backtest'] = { test_window: 5, step_size: 5 };
    });
    for (const sleeve of ['stocks', 'funds'] as const) await own.produce(sleeve);
    const waiver = ['--paths', 'backtest.step_size,backtest.test_window', '--until', '2030-12-31', '--why', 'for the test'];
    await own.json(['parity', 'waive', '--meta', 'pair', ...waiver, '--no-seal']);
    const { runId } = (await own.json(['flow', 'meta', '--profile', 'pair'])).result as { readonly runId: string };
    const file = own.path('run.jsonl');
    const exported = async (): Promise<string> => {
      expect((await own.json(['audit', 'export', '--run', runId, '-o', file, '--force'])).exit).toBe(0);
      return readFileSync(file, 'utf8');
    };
    const whole = await exported();
    const cited = linesOf(file).filter(({ stream }) => !/^(?:sleeve|meta)Run-/.test(stream));
    expect(cited.map(({ type, stream }) => `${type} in ${stream}`).toSorted()).toEqual([
      'ParityWaiverGranted in metaPortfolio-pair',
      'SleeveRunAccepted in sleeve-funds',
      'SleeveRunAccepted in sleeve-stocks',
    ]);
    for (const damage of ['DELETE FROM projection_rows', `UPDATE projection_rows SET value = json_set(value, '$.revision', 0)`]) {
      tamper(own.store, `${damage} WHERE projection = 'tree-tiles' AND key LIKE 'id/%'`);
      expect(await exported()).toBe(whole);
    }
  });

  test('known at an earlier position is the export that was made then', async () => {
    const events = await bench.events();
    const seal = events.find(({ type }) => type === 'LedgerSealed')!;
    const file = bench.path('then.jsonl');
    const { result, position } = await ledger.answered(['audit', 'export', '--all', '--known-at', seal.position, '-o', file]);
    const index = events.indexOf(seal);
    expect(result).toMatchObject({ lines: index + 1, sealedTo: index, unsealed: 1 });
    expect(position).toBe(seal.position);
    expect((await bench.json(['audit', 'verify', file])).exit).toBe(0);
    // A run of later is not known then.
    expect(
      await bench.json(['audit', 'export', '--run', ledger.nestedRun, '--known-at', events[2]!.position, '-o', file, '--force']),
    ).toMatchObject({
      exit: 66,
      error: { code: 'RunUnknown' },
    });
  });

  test.each([
    ['neither run nor all', []],
    ['both', ['--all', '--run', 'x']],
    ['market time for everything', ['--all', '--as-of', '2022-12-30']],
  ])('is refused for %s', async (_, flags) => {
    expect(await bench.json(['audit', 'export', ...flags, '-o', bench.path('no.jsonl')])).toMatchObject({
      exit: 2,
      error: { code: 'Usage' },
    });
  });

  test('of a run that speaks of a later date than asked, or of none, is not found', async () => {
    expect(
      await bench.json(['audit', 'export', '--run', ledger.sleeveRun, '--as-of', '2021-01-04', '-o', bench.path('no.jsonl')]),
    ).toMatchObject({ exit: 66 });
    expect(await bench.json(['audit', 'export', '--run', 'nobody', '-o', bench.path('no.jsonl')])).toMatchObject({ exit: 66 });
  });

  test('of an unsealed ledger says so, and so does its verification', async () => {
    const unsealed = new Workbench(scratch);
    await unsealed.json(['ledger', 'init', '--no-seal']);
    const file = unsealed.path('a.jsonl');
    const written = await unsealed.json(['audit', 'export', '--all', '-o', file]);
    expect(written).toMatchObject({ exit: 0, result: { lines: 2, sealedTo: 0, unsealed: 2 } });
    expect(written.warnings).toHaveLength(1);
    expect(await unsealed.json(['audit', 'verify', file])).toMatchObject({
      exit: 0,
      // The ledger's key signed what the export declares, though no seal covers it.
      result: { sealedTo: 0, unsealed: 2, seal: null, keyFrom: 'store', declaration: { events: 2, streams: 'all', trust: 'key' } },
    });
  });

  test('carries no position of the store unless asked, and verifies either way', async () => {
    const [plain, placed] = [bench.path('plain.jsonl'), bench.path('placed.jsonl')];
    await ledger.answered(['audit', 'export', '--all', '-o', plain]);
    await ledger.answered(['audit', 'export', '--all', '--positions', '-o', placed]);
    expect(readFileSync(plain, 'utf8')).not.toContain('"position":');
    const events = await bench.events();
    const positions = readFileSync(placed, 'utf8').trimEnd().split('\n').slice(0, -1);
    expect(positions.map((line) => (JSON.parse(line) as { position: string }).position)).toEqual(events.map(({ position }) => position));
    for (const file of [plain, placed]) expect((await bench.json(['audit', 'verify', file, '--complete'])).exit).toBe(0);
  });

  test('of a ledger whose key is not at hand is signed by nobody, says so, and does not verify with the key', async () => {
    const store = ledger.copy('keyless.sqlite');
    const file = bench.path('keyless.jsonl');
    const written = await bench.json(['audit', 'export', '--all', '-o', file, '--store', store]);
    expect(written).toMatchObject({ exit: 0, result: { signed: false } });
    expect(written.warnings.some((warning) => warning.includes('nobody signed'))).toBe(true);
    expect(await bench.json(['audit', 'verify', file])).toMatchObject({ exit: 1, result: { faults: [{ kind: 'unsigned' }] } });
  });
});

describe('audit verify', () => {
  test('needs no ledger, and claims no seal without a key; keys of another ledger are not used', async () => {
    const file = bench.path('for-others.jsonl');
    await ledger.answered(['audit', 'export', '--all', '-o', file]);
    const elsewhere = new Workbench(scratch);
    const alone = await elsewhere.json(['audit', 'verify', file]);
    expect(alone).toMatchObject({ exit: 0, result: { sealedTo: 0, seal: null, keyFrom: null, faults: [] } });
    expect((alone.result['unsealed'] as number) > 1).toBe(true);
    await elsewhere.json(['ledger', 'init']);
    const beside = await elsewhere.json(['audit', 'verify', file]);
    expect(beside).toMatchObject({ exit: 0, result: { sealedTo: 0, keyFrom: null, faults: [] } });
    expect(beside.warnings.some((warning) => warning.includes('do not speak for this file'))).toBe(true);
  });

  test('compares with a checkpoint kept elsewhere: a file cut and chained again does not hold', async () => {
    const short = bench.path('short.jsonl');
    const events = await bench.events();
    // An honest file of an earlier time stands for one whose tail was cut off and that was chained again.
    await ledger.answered(['audit', 'export', '--all', '--known-at', events[events.length - 8]!.position, '-o', short]);
    const witness = bench.write(
      'newest.checkpoint',
      (await ledger.answered(['ledger', 'prove', 'ledger@0'])).result['checkpoint'] as string,
    );
    expect((await bench.json(['audit', 'verify', short])).exit).toBe(0);
    expect(await bench.json(['audit', 'verify', short, '--checkpoint', witness])).toMatchObject({
      exit: 1,
      result: { faults: [{ kind: 'checkpoint_mismatch' }] },
    });
  });
});

describe('ledger prove', () => {
  test('gives a path from the event to the root that is signed', async () => {
    const events = await bench.events();
    const wanted = events[7]!;
    const { result } = await ledger.answered(['ledger', 'prove', wanted.id]);
    expect(result).toMatchObject({ eventId: wanted.id, eventHash: wanted.hash, leafIndex: 7, stream: wanted.stream });
    // Oracles: the root over all leaves folded at once, and the signature opened with the key.
    const size = result['treeSize'] as number;
    expect(result['root']).toBe(
      toHex(
        rootOf(
          crypto.sha256,
          events.slice(0, size).map(({ hash }) => leafHash(crypto.sha256, fromHex(hash))),
        ),
      ),
    );
    const opened = openCheckpoint(
      result['checkpoint'] as string,
      parseVerifierKey(crypto.sha256, result['verifierKey'] as string),
      crypto.verify,
    );
    expect({ size: opened.size, root: toHex(opened.root) }).toEqual({ size, root: result['root'] });
    expect((await ledger.answered(['ledger', 'prove', `${wanted.stream}@${wanted.revision}`])).result).toEqual(result);
  });

  testWithPython('gives a path that twenty lines of Python follow to the root', async () => {
    const script = `
import hashlib, json, sys
proof = json.load(sys.stdin) if len(sys.argv) < 2 else json.loads(sys.argv[1])
h = lambda b: hashlib.sha256(b).digest()
def walk(lo, hi, path):
    if hi - lo == 1: return h(b"\\0" + bytes.fromhex(proof["eventHash"]))
    split = 1
    while split * 2 < hi - lo: split *= 2
    if proof["leafIndex"] < lo + split: return h(b"\\1" + walk(lo, lo + split, path[:-1]) + bytes.fromhex(path[-1]))
    return h(b"\\1" + bytes.fromhex(path[-1]) + walk(lo + split, hi, path[:-1]))
print(walk(0, proof["treeSize"], proof["proof"]).hex() == proof["root"])`;
    const events = await bench.events();
    for (const index of [0, 1, 10, events.length - 2]) {
      const { result } = await ledger.answered(['ledger', 'prove', events[index]!.id]);
      expect(runPython(anyPython, script, [JSON.stringify(result)]).trim()).toBe('True');
    }
  });

  test('refuses an event that is not there, and one that no seal covers', async () => {
    expect(await bench.json(['ledger', 'prove', 'nobody'])).toMatchObject({ exit: 66, error: { code: 'EventUnknown' } });
    expect(await bench.json(['ledger', 'prove', 'ledger@999'])).toMatchObject({ exit: 66, error: { code: 'EventUnknown' } });
    const newest = (await bench.events()).at(-1)!;
    expect(await bench.json(['ledger', 'prove', newest.id])).toMatchObject({ exit: 1, error: { code: 'NotSealed' } });
  });
});

describe('audit bundle', () => {
  test('has the same bytes when it is made again, also after the ledger has grown', async () => {
    const [first, again, later] = [bench.path('1.zip'), bench.path('2.zip'), bench.path('3.zip')];
    const { result } = await ledger.answered(['audit', 'bundle', ledger.metaRun, '-o', first]);
    await ledger.answered(['audit', 'bundle', ledger.metaRun, '-o', again]);
    const grown = ledger.copy('grown.sqlite');
    const flags = ['--store', grown, '--key', `${bench.store}.key`, '--witness', ledger.anotherWitness('other-witness')];
    await ledger.answered(['sleeve', 'quarantine', 'coins', '--why', 'later', ...flags]);
    await ledger.answered(['audit', 'bundle', ledger.metaRun, '-o', later, ...flags]);
    expect(readFileSync(again).equals(readFileSync(first))).toBe(true);
    expect(readFileSync(later).equals(readFileSync(first))).toBe(true);
    expect(result).toMatchObject({ sha256: toHex(crypto.sha256(readFileSync(first))), unsealed: 0 });
    expect(result['sleeveRuns']).toHaveLength(3);
  });

  testWithPython('verifies with Python alone, by the commands that its README gives; a changed artifact does not', async () => {
    const zip = bench.path('evidence.zip');
    const folder = bench.path('unpacked');
    mkdirSync(folder);
    await ledger.answered(['audit', 'bundle', ledger.metaRun, '-o', zip]);
    runPython(anyPython, 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])', [zip, folder]);
    const readme = readFileSync(`${folder}/README.txt`, 'utf8');
    const commands = readme
      .split('\n')
      .filter((line) => line.startsWith('  python3 '))
      .map((line) => line.trim());
    expect(commands).toHaveLength(1);
    const statuses = (): (number | null)[] => commands.map((command) => spawnSync('sh', ['-c', command], { cwd: folder }).status);
    expect(statuses()).toEqual([0]);
    const sums = spawnSync('sh', ['-c', 'sha256sum -c --quiet SHA256SUMS'], { cwd: folder });
    expect(sums.status).toBe(0);
    const named = readFileSync(`${folder}/SHA256SUMS`, 'utf8')
      .split('\n')
      .find((line) => line.includes('artifacts/'))!
      .split('  ')[1]!;
    const artifact = Buffer.from(readFileSync(`${folder}/${named}`));
    artifact[0]! ^= 1;
    bench.write(`unpacked/${named}`, artifact);
    expect(statuses()).toEqual([1]);
  });

  test('of a sleeve run has no report and no other run', async () => {
    const { result } = await ledger.answered(['audit', 'bundle', ledger.sleeveRun, '-o', bench.path('sleeve.zip')]);
    const paths = (result['entries'] as { path: string }[]).map(({ path }) => path);
    expect(paths.filter((path) => !path.startsWith('artifacts/'))).toEqual([
      'README.txt',
      'SHA256SUMS',
      'audit.jsonl',
      'checkpoint.txt',
      'examples/verify_audit.py',
      'proofs.json',
      'verifier-key.txt',
    ]);
    expect(result['sleeveRuns']).toEqual([]);
  });

  test('of an unsealed run says so and carries no checkpoint', async () => {
    const open = new Workbench(scratch);
    const runId = await open.produce('coins');
    const answer = await open.json(['audit', 'bundle', runId, '-o', open.path('open.zip')]);
    expect(answer).toMatchObject({ exit: 0, result: { sealedTo: 0 } });
    expect(answer.warnings).toHaveLength(1);
    expect((answer.result['entries'] as { path: string }[]).some(({ path }) => path === 'checkpoint.txt')).toBe(false);
  });

  test('with an artifact missing is not written', async () => {
    const store = ledger.copy('without.sqlite');
    tamper(store, 'DELETE FROM artifact_chunks');
    const file = bench.path('never.zip');
    expect(await bench.json(['audit', 'bundle', ledger.sleeveRun, '-o', file, '--store', store])).toMatchObject({
      exit: 1,
      error: { code: 'ArtifactDamaged' },
    });
    expect(() => readFileSync(file)).toThrow('ENOENT');
  });
});
