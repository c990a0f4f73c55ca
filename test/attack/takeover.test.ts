/**
 * Somebody who may write the SQLite file, and has not the signing key, makes the ledger theirs. Their hashes, chains and seals are right;
 * the one thing that they cannot make is a signature of a key that the verifier knows.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createMerkleTree } from '../../domain/audit/merkle.ts';
import { declaringTrailerLine } from '../../domain/audit/trailer.ts';
import { formatVerifierKey } from '../../domain/audit/signed-note.ts';
import { decodeEnvelope } from '../../domain/shared/envelope.ts';
import { fromHex } from '../../domain/shared/hashing.ts';
import { auditStep } from '../../projections/audit-log.ts';
import { crypto, exportLog, sha256 } from '../support/audit-log.ts';
import { projectRoot, Workbench } from '../support/cli.ts';
import { type ForgedKey, Forger, ledgerIdOf, newKey } from '../support/forger.ts';
import { anyPython, whyNoPython } from '../support/python.ts';
import { scratchDirectory } from '../support/scratch.ts';

const minute = 60_000;
const directory = scratchDirectory();

interface StoredKey {
  readonly origin: string;
  readonly verifierKey: string;
  readonly privateSeedHex: string;
}

interface Found {
  readonly exit: number;
  readonly code: string | null;
  readonly kinds: readonly string[];
  readonly sealedTo: number;
  readonly anchor: { readonly by: string; readonly coveredTo: number; readonly statement: string };
}

const bench = new Workbench(directory);
const store = bench.path('attacked.sqlite');
/** The verifier's own: published by the owner, and kept where the attacker cannot write. */
let first: StoredKey;
let second: StoredKey;
let kept: string;
let keptLater: string;
let attacker: ForgedKey;
let forger: Forger;

const keyNow = (): StoredKey => JSON.parse(readFileSync(`${bench.store}.key`, 'utf8')) as StoredKey;

async function done(...argv: string[]): Promise<Readonly<Record<string, unknown>>> {
  const { exit, result, error } = await bench.json(argv);
  if (exit !== 0) throw new Error(`${argv.join(' ')}: ${JSON.stringify(error)}`);
  return result;
}

/** As a stranger verifies: without the owner's key file and witness folder. */
async function verified(...more: string[]): Promise<Found> {
  const nothing = ['--key', bench.path('no.key')];
  const { exit, error, result } = await bench.json(['ledger', 'verify', '--store', store, ...nothing, ...more]);
  const { faults = [], sealedTo = 0, anchor = {} } = (result ?? {}) as { faults?: { kind: string }[]; sealedTo?: number; anchor?: object };
  return { exit, code: error?.code ?? null, kinds: faults.map(({ kind }) => kind), sealedTo, anchor: anchor as Found['anchor'] };
}

/** The ways in which a verifier may have an anchor of their own. */
const anchored = (): readonly (readonly string[])[] => [
  ['--vkey', first.verifierKey],
  ['--vkey', second.verifierKey],
  ['--checkpoint', kept],
  ['--checkpoint', kept, '--vkey', first.verifierKey],
  ['--checkpoint', kept, '--vkey', second.verifierKey],
  ['--checkpoint', keptLater, '--vkey', first.verifierKey],
  ['--checkpoint', keptLater, '--vkey', second.verifierKey],
];

beforeAll(async () => {
  await done('ledger', 'init');
  await done('manifest', 'apply');
  first = keyNow();
  kept = bench.path('kept.checkpoint');
  copyFileSync((await done('ledger', 'seal'))['witnessFile'] as string, kept);
  await done('ledger', 'key', 'rotate', '--why', 'yearly');
  second = keyNow();
  await done('sleeve', 'quarantine', 'coins', '--why', 'a test');
  keptLater = bench.path('kept-later.checkpoint');
  copyFileSync((await done('ledger', 'seal'))['witnessFile'] as string, keptLater);
  attacker = newKey(first.origin);
}, minute);

beforeEach(() => {
  for (const suffix of ['-wal', '-shm', '']) writeFileSync(`${store}${suffix}`, '');
  copyFileSync(bench.store, store);
  forger = new Forger(store);
});

const lie = { type: 'SleeveReinstated', schemaVersion: 1, data: { sleeve: 'coins', why: 'nothing was wrong' } };

describe('an honest ledger', () => {
  test('verifies by every anchor, and says which key or checkpoint it rests on', async () => {
    for (const flags of anchored()) expect({ flags, ...(await verified(...flags)) }).toMatchObject({ flags, exit: 0, kinds: [] });
    const [, byKey] = [first, await verified('--vkey', second.verifierKey)];
    expect(byKey.anchor).toMatchObject({ by: 'key', coveredTo: byKey.sealedTo });
    expect(byKey.anchor.statement).toContain(second.verifierKey);
    const { anchor } = await verified('--checkpoint', kept);
    expect(anchor).toMatchObject({ by: 'checkpoint' });
    expect(anchor.statement).toContain(kept);
  });

  test('is called anchored in nothing where the verifier brings nothing', async () => {
    const { exit, anchor } = await verified();
    expect({ exit, anchor }).toMatchObject({ exit: 0, anchor: { by: 'nothing', coveredTo: 0 } });
    const shown = await bench.run(['ledger', 'verify', '--store', store, '--key', bench.path('no.key')]);
    expect(shown.stdout).toContain('Nothing outside the store anchors');
  });

  test('is not verified by words that are no key, and not by a key of somebody else', async () => {
    expect(await verified('--vkey', 'total nonsense')).toMatchObject({ exit: 2, code: 'Usage' });
    expect(await verified('--vkey', 'total nonsense', '--checkpoint', kept)).toMatchObject({ exit: 2, code: 'Usage' });
    expect(await verified('--vkey', attacker.text)).toMatchObject({ exit: 1, kinds: ['key_unknown'] });
    expect(await verified('--vkey', attacker.text, '--checkpoint', kept)).toMatchObject({ exit: 1, kinds: ['key_unknown'] });
  });
});

describe('a second LedgerOpened that names the key of the attacker', () => {
  test.each(['ledger', 'seals', 'sleeve-coins', 'metaRun-x'])(
    'in stream %s is a fault, and what it seals is not sealed',
    async (stream) => {
      const before = await verified('--vkey', first.verifierKey);
      forger.open(attacker, { stream }).append('sleeve-coins', lie).seal(attacker);
      for (const flags of [[], ...anchored()]) {
        const found = await verified(...flags);
        expect({ flags, ...found }).toMatchObject({ flags, exit: 1, sealedTo: before.sealedTo });
        expect(found.kinds).toContain('ledger_opened_again');
        expect(found.kinds).toContain('signature_invalid');
      }
    },
  );

  test('that repeats the honest one word for word is a fault as well', async () => {
    const honest = { ledgerId: (await bench.json(['ledger', 'verify'])).ledgerId, origin: first.origin, verifierKey: first.verifierKey };
    forger.append('ledger', { type: 'LedgerOpened', schemaVersion: 1, data: honest });
    expect(await verified('--vkey', first.verifierKey)).toMatchObject({ exit: 1, kinds: ['ledger_opened_again'] });
  });

  test('is refused by every verb that reads, seals, copies, backs up, restores or exports', async () => {
    const backup = bench.path('honest.backup');
    await done('ledger', 'backup', '--to', backup);
    forger.open(attacker).append('sleeve-coins', lie).seal(attacker);
    const here = ['--store', store, '--key', `${bench.store}.key`, '--witness', `${bench.store}.witness`];
    for (const argv of [
      ['status'],
      ['ledger', 'events'],
      ['ledger', 'prove', 'ledger@0'],
      ['ledger', 'seal'],
      ['ledger', 'key', 'rotate', '--why', 'a test'],
      ['audit', 'export', '--all', '-o', bench.path('forged.jsonl')],
      ['sleeve', 'reinstate', 'coins', '--why', 'a test'],
      ['ledger', 'copy', '--from', store, '--to', bench.path('copied.sqlite')],
    ])
      expect({ argv, ...(await bench.json([...argv, ...here])) }).toMatchObject({ argv, exit: 1, error: { code: 'ChainBroken' } });
    const to = ['--to', bench.path('forged.backup')];
    expect(await bench.json(['ledger', 'backup', ...to, ...here])).toMatchObject({ exit: 1, error: { code: 'BackupInvalid' } });
    const target = ['--store', bench.path('restored.sqlite'), '--key', bench.path('no.key')];
    expect(await bench.json(['ledger', 'restore', '--from', store, ...target])).toMatchObject({
      exit: 1,
      error: { code: 'BackupInvalid' },
    });
    expect(await bench.json(['ledger', 'restore', '--from', backup, ...target])).toMatchObject({ exit: 0 });
    const doctor = await bench.json(['doctor', ...here]);
    expect(doctor).toMatchObject({ exit: 1 });
  });
});

describe('a rotation that the key in force did not sign', () => {
  const forged: readonly (readonly [string, () => void])[] = [
    ['signed by nobody', () => forger.rotate(second.verifierKey, attacker.text, null)],
    ['signed by the new key itself', () => forger.rotate(second.verifierKey, attacker.text, attacker)],
    ['away from the key of the attacker', () => forger.rotate(attacker.text, attacker.text, attacker)],
    [
      'signed by a retired key',
      () => forger.rotate(first.verifierKey, attacker.text, { ...attacker, seed: Buffer.from(first.privateSeedHex, 'hex') }),
    ],
    [
      'signed by a retired key in the name of the one in force',
      () => forger.rotate(second.verifierKey, attacker.text, { ...attacker, seed: Buffer.from(first.privateSeedHex, 'hex') }),
    ],
  ];

  test.each(forged)('%s hands over nothing', async (_, rotate) => {
    const before = await verified('--vkey', first.verifierKey);
    rotate();
    forger.append('sleeve-coins', lie).seal(attacker);
    for (const flags of [[], ...anchored()]) {
      const found = await verified(...flags);
      expect({ flags, ...found }).toMatchObject({ flags, exit: 1, sealedTo: before.sealedTo });
      expect(found.kinds).toEqual(expect.arrayContaining(['rotation_invalid', 'signature_invalid']));
    }
    const refused = await bench.json(['status', '--store', store]);
    expect(refused).toMatchObject({ exit: 1, error: { code: 'ChainBroken' } });
  });

  test('stands in another stream and is a fault there', async () => {
    forger.rotate(second.verifierKey, attacker.text, attacker, 'sleeve-coins');
    expect(await verified('--vkey', second.verifierKey)).toMatchObject({ exit: 1, kinds: ['event_misplaced'] });
  });

  test('control: one that the key in force signed hands over', async () => {
    forger.rotate(second.verifierKey, attacker.text, { ...attacker, seed: Buffer.from(second.privateSeedHex, 'hex') }).seal(attacker);
    for (const flags of [...anchored(), ['--vkey', attacker.text]])
      expect({ flags, ...(await verified(...flags)) }).toMatchObject({ flags, exit: 0, kinds: [] });
  });
});

describe('a seal', () => {
  test('by a key that is not in the chain is no seal', async () => {
    const before = await verified('--vkey', first.verifierKey);
    forger.append('sleeve-coins', lie).seal(attacker);
    for (const flags of [[], ...anchored()]) {
      const found = await verified(...flags);
      expect({ flags, ...found }).toMatchObject({ flags, exit: 1, kinds: ['signature_invalid'], sealedTo: before.sealedTo });
    }
  });

  test('by a retired key is no seal, and nothing is proved or exported under it', async () => {
    forger.append('sleeve-coins', lie).seal({ ...newKey(first.origin), ...retired() });
    expect(await verified('--vkey', second.verifierKey)).toMatchObject({ exit: 1, kinds: ['signature_invalid'] });
    const here = ['--store', store, '--key', bench.path('no.key')];
    for (const argv of [
      ['ledger', 'prove', 'sleeve-coins@1'],
      ['audit', 'export', '--all', '-o', bench.path('retired.jsonl')],
    ])
      expect({ argv, ...(await bench.json([...argv, ...here])) }).toMatchObject({ argv, exit: 1, error: { code: 'CheckpointInvalid' } });
  });

  test('by the thief of a retired key, on a store cut back to before its rotation, fails every anchor from after it', async () => {
    const rotation = forger.events().findIndex(({ bytes }) => decodeEnvelope(bytes).type === 'SigningKeyRotated') + 1;
    forger
      .cut(rotation)
      .append('sleeve-stocks', lie)
      .seal({ ...newKey(first.origin), ...retired() });
    expect(await verified('--vkey', second.verifierKey)).toMatchObject({ exit: 1, kinds: ['key_unknown'] });
    expect((await verified('--checkpoint', keptLater)).exit).toBe(1);
    // The retired key and what was kept before vouch for what its holder signs: this is why the newest key is to be published.
    expect(await verified('--vkey', first.verifierKey)).toMatchObject({ exit: 0 });
    expect(await verified('--checkpoint', kept)).toMatchObject({ exit: 0 });
  });

  test('in another stream than that of the seals is a fault', async () => {
    forger.seal({ ...attacker, ...inForce() }, 'sleeve-coins');
    expect(await verified('--vkey', second.verifierKey)).toMatchObject({ exit: 1, kinds: ['event_misplaced'] });
  });
});

const retired = (): Pick<ForgedKey, 'key' | 'seed'> => pairOf(first);
const inForce = (): Pick<ForgedKey, 'key' | 'seed'> => pairOf(second);

function pairOf({ verifierKey, privateSeedHex }: StoredKey): Pick<ForgedKey, 'key' | 'seed'> {
  const [name, keyId, encoded] = [verifierKey.split('+')[0]!, verifierKey.split('+')[1]!, verifierKey.split('+').slice(2).join('+')];
  const publicKey = Uint8Array.from(Buffer.from(encoded, 'base64').subarray(1));
  return { key: { name, keyId, publicKey }, seed: Uint8Array.from(Buffer.from(privateSeedHex, 'hex')) };
}

describe('a store made anew under the key of the attacker', () => {
  test('with the id of the ledger is a fault even to who brings nothing: the id is that of the first key', async () => {
    const { ledgerId } = await bench.json(['ledger', 'verify']);
    forger.cut(1).open(attacker, { ledgerId: ledgerId! }).append('sleeve-coins', lie).seal(attacker);
    const found = await verified();
    expect(found).toMatchObject({ exit: 1, kinds: ['ledger_id_differs'] });
    expect(await bench.json(['status', '--store', store])).toMatchObject({ exit: 1, error: { code: 'ChainBroken' } });
    for (const flags of anchored()) expect({ flags, ...(await verified(...flags)) }).toMatchObject({ flags, exit: 1 });
  });

  test('with an id of its own agrees with itself, is told apart by every anchor, and claims none', async () => {
    forger.cut(1).open(attacker).append('sleeve-coins', lie).seal(attacker);
    expect(await verified()).toMatchObject({ exit: 0, anchor: { by: 'nothing', coveredTo: 0 } });
    for (const flags of anchored()) {
      const found = await verified(...flags);
      expect({ flags, ...found }).toMatchObject({ flags, exit: 1, anchor: { coveredTo: 0 } });
    }
    expect((await verified('--vkey', second.verifierKey)).kinds).toEqual(['key_unknown']);
  });

  test('is told apart by the key file of the owner, where that is at hand', async () => {
    forger.cut(1).open(attacker).append('sleeve-coins', lie).seal(attacker);
    const { exit, result } = await bench.json(['ledger', 'verify', '--store', store, '--key', `${bench.store}.key`]);
    expect(exit).toBe(1);
    expect((result['faults'] as { kind: string }[]).map(({ kind }) => kind)).toContain('key_file_foreign');
  });

  test('that hands over to the published key proves nothing by it: that key has signed nothing there', async () => {
    forger.cut(1).open(attacker).append('sleeve-coins', lie).seal(attacker).rotate(attacker.text, second.verifierKey, attacker);
    expect(await verified('--vkey', second.verifierKey)).toMatchObject({
      exit: 1,
      kinds: ['key_signed_nothing'],
      anchor: { coveredTo: 0 },
    });
  });

  test('that is opened in the name of the published key and never sealed proves nothing by it', async () => {
    const opener = { ...attacker, ...retired(), text: first.verifierKey };
    forger
      .cut(1)
      .open(opener, { ledgerId: ledgerIdOf(opener) })
      .append('sleeve-coins', lie);
    expect(await verified('--vkey', first.verifierKey)).toMatchObject({ exit: 1, kinds: ['key_signed_nothing'] });
  });
});

const steps = (envelope: Parameters<typeof auditStep>[0]) => [auditStep(envelope)];

/** The events of the store as they lie there, in a log chained and sealed by whoever wants to. */
function exported(signer: Pick<ForgedKey, 'key' | 'seed'>): string {
  const tree = createMerkleTree(sha256);
  const events = forger.events().map(({ bytes, position, hash }, leafIndex) => {
    tree.append(fromHex(hash));
    return { envelope: decodeEnvelope(bytes), bytes, hash, position, leafIndex };
  });
  const text = formatVerifierKey(signer.key);
  const sealing = { key: signer.key, text, sign: (message: Uint8Array) => crypto.sign(signer.seed, message) };
  const lines = exportLog({ events, tree }, { signer: sealing, sealedTo: tree.size, steps }).trimEnd().split('\n');
  // With a declaration of what the file holds, signed by the same key.
  const { last_hash: lastHash, checkpoint } = JSON.parse(lines.at(-1)!) as { last_hash: string; checkpoint: string };
  const contents = { lines: events.length, lastHash, selection: 'all', treeSize: tree.size, checkpoint, proofs: [] } as const;
  const declared = { origin: signer.key.name, events: events.length, streams: 'all', cited: [], files: null } as const;
  const trailer = declaringTrailerLine(sha256, contents, declared, sealing);
  return bench.write('taken-over.jsonl', `${[...lines.slice(0, -1), trailer.text].join('\n')}\n`);
}

async function kindsByBoth(file: string, vkey: string): Promise<readonly (readonly string[])[]> {
  const { result } = await bench.json(['audit', 'verify', file, '--vkey', vkey]);
  const ours = (result['faults'] as { kind: string }[]).map(({ kind }) => kind);
  if (whyNoPython() !== null) return [ours];
  const script = join(projectRoot, 'examples/verify_audit.py');
  const { stdout } = spawnSync(anyPython, ['-I', script, '--json', '--vkey', vkey, file], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const [report] = (JSON.parse(stdout) as { files: { faults: { kind: string }[] }[] }).files;
  return [ours, report!.faults.map(({ kind }) => kind)];
}

describe('an export made of a store that was taken over', () => {
  test('is refused by both verifiers under any key, also that of the attacker: the ledger is opened twice', async () => {
    forger.open(attacker).append('sleeve-coins', lie).rotate(attacker.text, attacker.text, attacker, 'sleeve-coins');
    const file = exported(attacker);
    for (const kinds of await kindsByBoth(file, attacker.text)) expect(kinds).toEqual(['ledger_opened_again', 'event_misplaced']);
    for (const kinds of await kindsByBoth(file, second.verifierKey))
      expect(kinds.toSorted()).toEqual(['event_misplaced', 'ledger_opened_again', 'signature_invalid', 'signature_invalid']);
  });

  test('control: one of the honest store holds under its key, by both', async () => {
    for (const kinds of await kindsByBoth(exported(inForce()), second.verifierKey)) expect(kinds).toEqual([]);
  });
});
