/**
 * Exports and bundles in the hands of somebody without the signing key, who may rewrite every byte of them: what each verifier finds with
 * nothing but the file, with the ledger's public key, and with a checkpoint that was kept elsewhere as well.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createTools } from '../../bin/adapters.ts';
import type { AuditReport } from '../../domain/audit/verify-audit.ts';
import { toHex } from '../../domain/shared/hashing.ts';
import { verifyExport } from '../../handlers/audit/verify-export.ts';
import { eventsHere } from '../golden/support/ledger-folder.ts';
import { run } from '../golden/support/program.ts';
import { RecordedLedger } from '../golden/support/recorded-ledger.ts';
import { checkpointOf, sha256, signingKey } from '../support/audit-log.ts';
import { projectRoot } from '../support/cli.ts';
import { type BundleFiles, evidenceLedger, withSums, zipped } from '../support/evidence.ts';
import { bodiesOf, type Body, chained } from '../support/evidence-damage.ts';
import { seeded } from '../support/figures.ts';
import { needs } from '../support/needs.ts';

const ledger = new RecordedLedger('0.1.0');
const tools = createTools({ logLevel: 'silent', isTerminal: false });
const utf8 = new TextEncoder();
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

let vkey = '';
let kept = '';
let published = '';
let rejected = '';
let another = '';
let older = '';
let olderEverything = '';
let everything = '';
let bundle: BundleFiles;
let otherBundle: BundleFiles;

let made = 0;

async function exported(...flags: string[]): Promise<string> {
  const file = `out/export-${++made}.jsonl`;
  const { exit, answer } = await ledger.run(['audit', 'export', ...flags, '-o', file]);
  if (exit !== 0) throw new Error(JSON.stringify(answer.error));
  return readFileSync(file, 'utf8');
}

async function bundled(runId: string): Promise<BundleFiles> {
  const file = `out/bundle-${++made}.zip`;
  const { exit, answer } = await ledger.run(['audit', 'bundle', runId, '-o', file]);
  if (exit !== 0) throw new Error(JSON.stringify(answer.error));
  return new Map(Object.entries(unzipSync(readFileSync(file))));
}

/** The trailer made to agree with the lines that are left, as one that counts and declares them: only its signature cannot be. */
function declaredAnew(bodies: readonly Body[]): Body[] {
  const lines = bodies.slice(0, -1);
  const there = new Set(lines.map((body) => body['event_id']));
  const hashes = new Set(lines.map((body) => body['event_hash']));
  const trailer = bodies.at(-1)!;
  const last = (stream: unknown): Body => lines.findLast((body) => body['stream'] === stream)!;
  const streams = trailer['streams'];
  return [
    ...lines,
    {
      ...trailer,
      events: lines.length,
      proofs: (trailer['proofs'] as Body[]).filter((proof) => there.has(proof['event_id'])),
      cited: (trailer['cited'] as Body[]).filter((cited) => hashes.has(cited['hash'])),
      streams:
        streams === 'all'
          ? 'all'
          : (streams as Body[])
              .filter(({ stream }) => last(stream) !== undefined)
              .map(({ stream }) => ({ stream, revision: last(stream)['revision'], hash: last(stream)['event_hash'] })),
    },
  ];
}

const without = (log: string, type: string): Body[] => {
  const bodies = bodiesOf(log);
  const at = bodies.findLastIndex((body) => body['type'] === type);
  if (at < 0) throw new Error(`no ${type} in the export`);
  return bodies.toSpliced(at, 1);
};

/** The same with the proofs of what is gone taken out: they name it. */
const proofsCut = (bodies: readonly Body[]): Body[] => {
  const cut = declaredAnew(bodies).at(-1)!;
  return [...bodies.slice(0, -1), { ...bodies.at(-1)!, proofs: cut['proofs'] }];
};

function withLog(files: BundleFiles, log: string): BundleFiles {
  return withSums(new Map(files).set('audit.jsonl', utf8.encode(log)));
}

function withReport(declare: boolean): BundleFiles {
  const report = utf8.encode('# Everything went well');
  const files = new Map(bundle).set('report.md', report);
  const bodies = bodiesOf(text(files.get('audit.jsonl')!));
  const trailer = bodies.at(-1)!;
  const declared = (trailer['files'] as { path: string }[]).map((one) =>
    one.path === 'report.md' ? { ...one, sha256: toHex(sha256(report)) } : one,
  );
  return declare ? withLog(files, chained([...bodies.slice(0, -1), { ...trailer, files: declared }])) : withSums(files);
}

const trailerOf = (log: string, from: string): Body[] => [...bodiesOf(log).slice(0, -1), bodiesOf(from).at(-1)!];

/** A checkpoint of the same origin, signed by a key of theirs over a tree of theirs. */
function checkpointOfAnotherLedger(): string {
  const small = evidenceLedger(seeded(3), 9);
  return checkpointOf(small, { signer: signingKey(7), sealedTo: 9 })!;
}

const withCheckpoint = (log: string, checkpoint: string): Body[] => {
  const bodies = bodiesOf(log);
  return [...bodies.slice(0, -1), { ...bodies.at(-1)!, checkpoint }];
};

/** What is found by whoever has the file alone, the key, the key and a checkpoint; null: no fault. */
type Found = readonly [file: string | null, key: string | null, anchor: string | null];

const unsealed = (bodies: readonly Body[]): Body[] => [...bodies.slice(0, -1), { ...bodies.at(-1)!, checkpoint: null, tree_size: 0 }];

interface Attack {
  readonly name: string;
  readonly made: () => string | BundleFiles;
  readonly found: Found;
}

const unsigned = (bodies: readonly Body[]): Body[] => [...bodies.slice(0, -1), { ...bodies.at(-1)!, signed: null }];

const always = (kind: string): Found => [kind, kind, kind];
const clean: Found = [null, null, null];

const attacks: readonly Attack[] = [
  { name: 'as it was exported', made: () => published, found: clean },
  { name: 'as it was bundled', made: () => bundle, found: clean },
  { name: 'of everything, as it was exported', made: () => everything, found: clean },
  {
    name: 'without its last publication',
    made: () => chained(proofsCut(without(published, 'AllocationPublished'))),
    found: always('incomplete'),
  },
  {
    name: 'without its last publication, and declared anew',
    made: () => chained(declaredAnew(without(published, 'AllocationPublished'))),
    found: always('signature_invalid'),
  },
  {
    name: 'without its last publication, declared anew and unsigned: not detectable without the key',
    made: () => chained(unsigned(declaredAnew(without(published, 'AllocationPublished')))),
    found: [null, 'unsigned', 'unsigned'],
  },
  {
    name: 'without the rejection of its parity',
    made: () => chained(proofsCut(without(rejected, 'ParityRejected'))),
    found: always('incomplete'),
  },
  {
    name: 'without the rejection of its parity, declared anew and unsigned: not detectable without the key',
    made: () => chained(unsigned(declaredAnew(without(rejected, 'ParityRejected')))),
    found: [null, 'unsigned', 'unsigned'],
  },
  {
    name: 'of everything, without a publication in its midst',
    made: () => chained(unsigned(declaredAnew(without(everything, 'AllocationPublished')))),
    found: always('leaf_order'),
  },
  {
    name: 'of everything, without what was recorded last, declared anew and unsigned',
    made: () => chained(unsigned(declaredAnew(bodiesOf(everything).toSpliced(-6, 5)))),
    found: always('checkpoint_mismatch'),
  },
  {
    name: 'of everything, without its end and its checkpoint, unsigned: not detectable without the key',
    made: () => chained(unsigned(unsealed(declaredAnew(bodiesOf(everything).toSpliced(-6, 5))))),
    found: [null, 'unsigned', 'checkpoint_mismatch'],
  },
  {
    name: 'of an older tree, before it was published, by the key of that time: told by a note, and only beside a newer checkpoint',
    made: () => older,
    found: [null, null, null],
  },
  {
    name: 'of everything in an older tree: not detectable without a newer checkpoint',
    made: () => olderEverything,
    found: [null, null, 'checkpoint_mismatch'],
  },
  { name: 'with the trailer of another export', made: () => chained(trailerOf(published, another)), found: always('undeclared') },
  {
    name: 'with the checkpoint of another ledger',
    made: () => chained(withCheckpoint(published, checkpointOfAnotherLedger())),
    found: ['checkpoint_mismatch', 'signature_invalid', 'signature_invalid'],
  },
  { name: 'with another report', made: () => withReport(false), found: always('file_changed') },
  { name: 'with another report, and declared anew', made: () => withReport(true), found: always('signature_invalid') },
  {
    name: 'with the log of another run',
    made: () => withSums(new Map(bundle).set('audit.jsonl', otherBundle.get('audit.jsonl')!)),
    found: always('file_missing'),
  },
  {
    name: 'with artifacts of another run beside its own',
    made: () => withSums(new Map([...otherBundle, ...bundle])),
    found: always('undeclared'),
  },
];

beforeAll(async () => {
  const { runs } = ledger.recording;
  // Every key of the ledger, as its owner publishes them.
  vkey = 'out/keys.txt';
  writeFileSync(vkey, [...new Set(ledger.recording.stages.map(({ verifierKey }) => verifierKey)), ''].join('\n'));
  kept = ledger.recording.stages.at(-1)!.checkpoint;
  const publications = (await eventsHere()).filter(
    ({ type, stream }) => type === 'AllocationPublished' && stream === 'metaPortfolio-nested',
  );
  const inForce = (JSON.parse(text(publications.at(-1)!.bytes)) as { data: { runId: string } }).data.runId;
  published = await exported('--run', inForce);
  rejected = await exported('--run', runs['mixedRejected']!);
  another = await exported('--run', runs['checkedFirst']!);
  const published1 = (await eventsHere()).find(({ type, stream }) => type === 'AllocationPublished' && stream === 'metaPortfolio-checked')!;
  older = await exported('--run', runs['checkedFirst']!, '--known-at', String(Number(published1.position) - 2));
  everything = await exported('--all');
  olderEverything = await exported('--all', '--known-at', ledger.recording.stages[2]!.position);
  bundle = await bundled(inForce);
  otherBundle = await bundled(runs['checkedFirst']!);
}, 60_000);

type Kinds = readonly string[];

/** Kinds of faults of each file, by what the verifier has. */
type Verify = (files: readonly string[], key: string | null, checkpointFile: string | null) => Promise<readonly Kinds[]>;

const kindsOf = ({ faults }: Pick<AuditReport, 'faults'>): Kinds => [...new Set(faults.map(({ kind }) => kind))];

const verifiedHere: Verify = async (files, verifierKey, checkpointFile) => {
  const checkpoint = checkpointFile === null ? null : readFileSync(checkpointFile, 'utf8');
  const found: Kinds[] = [];
  for (const file of files)
    found.push(
      kindsOf(
        await verifyExport(tools, {
          file,
          checkpoint,
          verifierKey: verifierKey === null ? null : readFileSync(verifierKey, 'utf8'),
          ledgerKeys: [],
          complete: false,
        }),
      ),
    );
  return found;
};

const verifiedInPython: Verify = async (files, key, checkpointFile) => {
  const flags = [...(key === null ? [] : ['--vkey', key]), ...(checkpointFile === null ? [] : ['--checkpoint', checkpointFile])];
  const script = join(projectRoot, 'examples/verify_audit.py');
  const { stdout } = spawnSync('python3', ['-I', script, ...files, '--json', ...flags], { encoding: 'utf8' });
  return (JSON.parse(stdout) as { readonly files: readonly AuditReport[] }).files.map(kindsOf);
};

const fileOf = (index: number): string => `out/attack-${index}`;

function verifying(verifier: string, verify: Verify): void {
  const found: Kinds[][] = attacks.map(() => []);
  beforeAll(async () => {
    const files = attacks.map((_, index) => fileOf(index));
    for (const [key, checkpoint] of [
      [null, null],
      [vkey, null],
      [vkey, kept],
    ] as const)
      for (const [index, kinds] of (await verify(files, key, checkpoint)).entries()) found[index]!.push(kinds);
  }, 120_000);

  test.each(attacks.map(({ name, found: expected }, index) => [name, index, expected] as const))(
    `${verifier} judges one %s`,
    (_, index, expected) => {
      for (const [level, kind] of expected.entries()) {
        const kinds = found[index]![level];
        expect({ level, kinds }).toEqual({ level, kinds: kind === null ? [] : expect.arrayContaining([kind]) });
      }
    },
  );
}

describe('an export or a bundle', () => {
  beforeAll(() => {
    for (const [index, { made: make }] of attacks.entries()) {
      const evidence = make();
      writeFileSync(fileOf(index), typeof evidence === 'string' ? evidence : zipped(evidence));
    }
  });

  verifying('audit verify', verifiedHere);
  needs('python').describe('in Python', () => verifying('verify_audit.py', verifiedInPython));

  test('of a run in an older tree is said to be one beside a newer checkpoint', async () => {
    const file = fileOf(attacks.findIndex(({ made: make }) => make() === older));
    const [verifierKey, checkpoint] = [vkey, kept].map((name) => readFileSync(name, 'utf8'));
    const { notes } = await verifyExport(tools, {
      file,
      checkpoint: checkpoint!,
      verifierKey: verifierKey!,
      ledgerKeys: [],
      complete: false,
    });
    expect(notes.join(' ')).toMatch(
      /the export was made under \d+ events and the given checkpoint covers \d+: it may lack what came later/,
    );
  });

  test.each(
    attacks.flatMap(({ name, made: make, found }, index) => (/bundle|report|run/.test(name) ? [[name, index, make, found] as const] : [])),
  )('replay --bundle judges one %s', async (_, index, make, [fault]) => {
    if (typeof make() === 'string') return;
    const { exit, answer } = await run(['replay', '--bundle', fileOf(index)], { now: ledger.recording.endedAt });
    expect({ exit, code: answer.error?.code ?? null }).toEqual(
      fault === null ? { exit: 0, code: null } : { exit: 1, code: 'AuditFileInvalid' },
    );
  });
});
