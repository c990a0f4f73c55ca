/** Everything that proves a run, in one archive, and what is said of it. Oracles: SHA-256 of Node, and the ZIP as fflate reads it. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { unzipSync } from 'fflate';
import { StagedArtifacts } from '../../../domain/documents/staged-artifacts.ts';
import { bundleReadme } from '../../../handlers/audit/bundle-readme.ts';
import { type Bundle, bundleRun } from '../../../handlers/commands/bundle-run.ts';
import { exportAuditFile, type ExportAudit } from '../../../handlers/commands/export-audit.ts';
import { seal } from '../../../handlers/commands/seal-ledger.ts';
import { continueLedger } from '../../support/history-ledger.ts';
import { type LedgerSession, ledgerSession } from '../../support/ledger-session.ts';
import { metaRunFacts } from '../../support/meta-run-facts.ts';
import { FactHistory, sleeveFacts } from '../../support/portfolio-events.ts';
import { sha256 } from '../../support/sample-events.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { sleeveRunFacts } from '../../support/sleeve-run-facts.ts';

const directory = scratchDirectory();
const hex = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');
const utf8 = new TextEncoder();

const staged = new StagedArtifacts(sha256);
const documents = ['manifest', 'portfolio', 'definition'].map((what) => staged.canonical({ what }));
const table = staged.table({ dates: ['2024-01-05'], columns: ['return'], values: [Float64Array.of(0.5)] }, []);
const [manifest, portfolio, definition] = documents;

/** A sleeve run, and a meta run that consumes it. */
const history = new FactHistory()
  .add(
    'sleeveRun-s1',
    'SleeveRunOpened',
    sleeveRunFacts.opened('s1', {
      definition: manifest!,
      inputs: [{ role: 'manifest', name: 'manifest.json', risk: null, document: manifest! }],
    }),
  )
  .add('sleeveRun-s1', 'SleeveProfileImported', sleeveRunFacts.imported('hrp', {}, '2024-01-05', table))
  .add('sleeveRun-s1', 'SleeveRunCertified', sleeveRunFacts.graded())
  .sleeve('SleeveRunAccepted', sleeveFacts.accepted('bonds', 's1', '2024-01-10'))
  .add('metaRun-m1', 'MetaRunOpened', metaRunFacts.opened('m1', { definition: definition! }))
  .add('metaRun-m1', 'PortfolioFlattened', metaRunFacts.flattened('desk', { portfolio: portfolio! }));

let outputs = 0;
/** A file that is not there yet: nothing is written over. */
const outputOf = (name: string): string => join(directory, `${++outputs}-${name}`);
const report = [{ path: 'report.md', bytes: utf8.encode('# A run') }];
const reported: string[] = [];
let ledger: LedgerSession;

const reportOf = async (_: unknown, id: string) => {
  reported.push(id);
  return report;
};

async function bundled(
  runId: string,
  of: LedgerSession = ledger,
): Promise<{ readonly answer: Bundle; readonly files: Record<string, Uint8Array> }> {
  const file = outputOf(`${runId}.zip`);
  const answer = await bundleRun(of.session, of.settings, { runId, file, reportOf });
  return { answer, files: unzipSync(readFileSync(file)) };
}

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
const artifact = ({ sha256: address }: { readonly sha256: string }): string => `artifacts/${address}`;

beforeAll(async () => {
  ledger = await ledgerSession(join(directory, 'bundled'));
  await continueLedger(ledger.session, history);
  await ledger.session.ports.artifacts.putAll(staged.contents());
});

/** What every archive is: what its answer says, bytes that have the hashes of its list, and a log that declares them. */
function expectWhole({ answer, files }: Awaited<ReturnType<typeof bundled>>): void {
  const archive = readFileSync(answer.file);
  expect([answer.sha256, answer.bytes]).toEqual([hex(archive), archive.length]);
  const paths = Object.keys(files);
  expect(paths).toEqual(paths.toSorted());
  expect(answer.entries).toEqual(paths.map((path) => ({ path, sha256: hex(files[path]!), bytes: files[path]!.length })));
  const listed = paths.filter((path) => path !== 'SHA256SUMS');
  expect(text(files['SHA256SUMS'])).toBe(listed.map((path) => `${hex(files[path]!)}  ${path}\n`).join(''));
  const lines = text(files['audit.jsonl']).trimEnd().split('\n');
  const trailer = JSON.parse(lines.at(-1)!) as { files: { path: string; sha256: string }[] };
  const declared = listed.filter((path) => path !== 'audit.jsonl').map((path) => ({ path, sha256: hex(files[path]!) }));
  expect(JSON.stringify(trailer)).toContain(JSON.stringify(declared[0]!.sha256));
  for (const { sha256: address } of declared) expect(lines.at(-1)).toContain(address);
}

describe('the archive of a run', () => {
  test('of a meta run holds its own events and those that it rests on, what they name, and its report', async () => {
    reported.length = 0;
    const found = await bundled('m1');
    const { answer, files } = found;
    expect(answer).toMatchObject({
      runId: 'm1',
      sleeveRuns: ['s1'],
      lines: 6,
      artifacts: 4,
      sealedTo: 0,
      unsealed: 6,
      unsignedBecause: null,
    });
    expect(Object.keys(files)).toEqual(
      [
        'README.txt',
        'SHA256SUMS',
        ...[...documents, table].map(artifact),
        'audit.jsonl',
        'examples/verify_audit.py',
        'report.md',
        'verifier-key.txt',
      ].toSorted(),
    );
    expectWhole(found);
    expect(reported).toEqual(['m1']);
    const { origin, verifierKey } = ledger.session.ledger;
    expect(text(files['verifier-key.txt'])).toBe(`${verifierKey}\n`);
    expect(text(files['README.txt'])).toBe(
      bundleReadme({
        runId: 'm1',
        kind: 'meta',
        origin,
        sleeveRuns: ['s1'],
        lines: 6,
        artifacts: 4,
        unsealed: 6,
        seal: null,
        reported: true,
        signed: true,
      }),
    );
    expect(files['examples/verify_audit.py']).toEqual(new Uint8Array(readFileSync('examples/verify_audit.py')));
    for (const { sha256: address } of [...documents, table]) expect(hex(files[`artifacts/${address}`]!)).toBe(address);
  });

  test('of a sleeve run has no report', async () => {
    reported.length = 0;
    const found = await bundled('s1');
    expect(found.answer).toMatchObject({ runId: 's1', sleeveRuns: [], lines: 4, artifacts: 2, unsealed: 4 });
    expect(Object.keys(found.files)).not.toContain('report.md');
    expect(reported).toEqual([]);
    expect(text(found.files['README.txt'])).toContain('Evidence of the sleeve run s1\n');
    expectWhole(found);
  });

  test('without the key at hand is not signed, and says why', async () => {
    const { session, settings } = ledger;
    const found = await bundled('s1', { session, settings: { ...settings, key: join(directory, 'no.key') } });
    expect(found.answer.unsignedBecause).toEqual(expect.any(String));
    expect(Object.keys(found.files)).not.toContain('verifier-key.txt');
    expect(text(found.files['README.txt'])).toContain('It is NOT SIGNED');
    expectWhole(found);
  });

  test('of nobody is refused, and nothing is written', async () => {
    await expect(bundled('nobody')).rejects.toMatchObject({ code: 'RunUnknown' });
    expect(() => readFileSync(join(directory, `${outputs}-nobody.zip`))).toThrow('ENOENT');
  });
});

const exported = (asked: Partial<ExportAudit>) =>
  exportAuditFile(ledger.session, ledger.settings, {
    runId: null,
    asOf: null,
    knownAt: null,
    positions: false,
    file: outputOf('audit.jsonl'),
    ...asked,
  });

describe('exported audit files, and archives of what is sealed', () => {
  test('of everything say that nothing is sealed yet', async () => {
    const answer = await exported({});
    const bytes = readFileSync(answer.file);
    expect(answer).toMatchObject({
      sha256: hex(bytes),
      bytes: bytes.length,
      lines: 8,
      sealedTo: 0,
      unsealed: 8,
      toBeSealed: 8,
      sleeveRuns: [],
      unsignedBecause: null,
    });
  });

  test('of a run hold what it rests on', async () => {
    expect(await exported({ runId: 'm1' })).toMatchObject({ lines: 6, toBeSealed: 6, sleeveRuns: ['s1'] });
    expect(await exported({ runId: 's1', asOf: '2024-01-10' })).toMatchObject({ lines: 4, sleeveRuns: [] });
    await expect(exported({ runId: 's1', asOf: '2024-01-09' })).rejects.toMatchObject({ code: 'RunUnknown' });
  });

  test('are selected by a date only where they are of a run', async () => {
    await expect(exported({ asOf: '2024-01-10' })).rejects.toMatchObject({
      code: 'Usage',
      message: '--as-of selects runs; use --known-at to cut everything at a point of ledger time',
      at: { path: '--as-of' },
    });
  });

  test('hold the store’s own positions where they are asked for', async () => {
    const withThem = readFileSync((await exported({ positions: true })).file, 'utf8');
    const without = readFileSync((await exported({})).file, 'utf8');
    const { position } = (await ledger.session.ports.store.readAll({ after: null, maxCount: 1, types: null }))[0]!;
    expect(withThem.split('\n')[0]).toContain(JSON.stringify(position));
    expect(withThem.length).toBeGreaterThan(without.length);
  });

  test('of what is sealed have nothing left to be sealed, but for what came since', async () => {
    await seal(ledger.session, ledger.settings);
    expect(await exported({})).toMatchObject({ lines: 9, sealedTo: 8, unsealed: 1, toBeSealed: 0 });
    expect(await exported({ runId: 'm1' })).toMatchObject({ lines: 6, unsealed: 0, toBeSealed: 0 });
    const found = await bundled('m1');
    expect(found.answer).toMatchObject({ sealedTo: 8, unsealed: 0 });
    expectWhole(found);
    const { treeSize, root, proofs } = JSON.parse(text(found.files['proofs.json'])) as {
      treeSize: number;
      root: string;
      proofs: unknown[];
    };
    expect([treeSize, proofs.length]).toEqual([8, 6]);
    expect(text(found.files['checkpoint.txt'])).toContain(`\n8\n${Buffer.from(root, 'hex').toString('base64')}\n`);
    expect(text(found.files['verifier-key.txt'])).toBe(`${ledger.session.ledger.verifierKey}\n`);
    const later = new FactHistory().add('metaRun-m2', 'MetaRunOpened', metaRunFacts.opened('m2', { definition: definition! }));
    await continueLedger(ledger.session, later);
    expect(await exported({})).toMatchObject({ lines: 10, sealedTo: 8, unsealed: 2, toBeSealed: 2 });
    expect(await exported({ runId: 'm2' })).toMatchObject({ unsealed: 1, toBeSealed: 1 });
  });
});
