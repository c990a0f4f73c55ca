/**
 * Exports that somebody cut and chained again. A trailer of format 1 says how many lines there are and nothing of what should be there, so
 * whoever cuts the file writes another: both verifiers said that it had no fault. Format 2 declares events and files, and is signed.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createTools } from '../../../bin/adapters.ts';
import type { AuditReport } from '../../../domain/audit/verify-audit.ts';
import { verifyExport } from '../../../handlers/audit/verify-export.ts';
import { signingKey } from '../../support/audit-log.ts';
import { projectRoot } from '../../support/cli.ts';
import { type BundleFiles, evidenceBundle, evidenceLedger, evidenceLog, withSums, zipped } from '../../support/evidence.ts';
import { bodiesOf, type Body, chained, downgraded } from '../../support/evidence-damage.ts';
import { seeded } from '../../support/figures.ts';
import { needs } from '../../support/needs.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const directory = scratchDirectory();
const tools = createTools({ logLevel: 'silent', isTerminal: false });
const ours = signingKey(1);
const ledger = evidenceLedger(seeded(5), 16);
const other = evidenceLedger(seeded(6), 12);
const options = { selection: { run: 'bbbb' }, signer: ours, sealedTo: 16, format: 2, positions: false } as const;
const log = evidenceLog(ledger, options);
const utf8 = new TextEncoder();

let files = 0;
const fileOf = (bytes: Uint8Array): string => {
  const file = join(directory, `evidence-${++files}`);
  writeFileSync(file, bytes);
  return file;
};

/** The kinds of faults of each file. */
type Verify = (evidence: readonly string[], verifierKey: string | null) => Promise<readonly (readonly string[])[]>;

const kindsOf = (reports: readonly Pick<AuditReport, 'faults'>[]): string[][] =>
  reports.map(({ faults }) => faults.map(({ kind }) => kind));

const verifiedHere: Verify = async (evidence, verifierKey) => {
  const reports: AuditReport[] = [];
  for (const file of evidence)
    reports.push(await verifyExport(tools, { file, checkpoint: null, verifierKey, ledgerKeys: [], complete: false }));
  return kindsOf(reports);
};

const verifiedInPython: Verify = async (evidence, verifierKey) => {
  const flags = verifierKey === null ? [] : ['--vkey', verifierKey];
  const script = join(projectRoot, 'examples/verify_audit.py');
  const run = spawnSync('python3', ['-I', script, ...evidence, '--json', ...flags], { encoding: 'utf8' });
  return kindsOf((JSON.parse(run.stdout) as { readonly files: readonly AuditReport[] }).files);
};

/** What somebody does to the lines, the trailer being the last one. */
type Cut = (bodies: readonly Body[]) => readonly Body[];

const withTrailer = (bodies: readonly Body[], change: (trailer: Body) => Body): Body[] => [...bodies.slice(0, -1), change(bodies.at(-1)!)];
const lastOf = (bodies: readonly Body[], stream: string): number => bodies.findLastIndex((body) => body['stream'] === stream);
const proofsOf = (bodies: readonly Body[]): Set<unknown> => new Set(bodies.map((body) => body['event_id']));
/** Proofs of what was cut out would be found: they go as well. */
const withoutProofs = (bodies: readonly Body[]): Body[] =>
  withTrailer(bodies, (trailer) => ({
    ...trailer,
    proofs: (trailer['proofs'] as { event_id: string }[]).filter(({ event_id }) => proofsOf(bodies).has(event_id)),
  }));

const cuts: readonly (readonly [string, Cut])[] = [
  ['the end of the run', (bodies) => bodies.toSpliced(lastOf(bodies, 'metaRun-bbbb'), 1)],
  ['the end of a consumed run', (bodies) => bodies.toSpliced(lastOf(bodies, 'sleeveRun-aaaa'), 1)],
  ['a single event of another stream', (bodies) => bodies.toSpliced(lastOf(bodies, 'metaPortfolio-cccc'), 1)],
  ['a whole stream', (bodies) => bodies.filter((body) => body['stream'] !== 'sleeveRun-aaaa')],
  [
    'the manifest, for that of another export',
    (bodies) => [...bodies.slice(0, -1), bodiesOf(evidenceLog(other, { ...options, sealedTo: 12 })).at(-1)!],
  ],
];

function bundle(change: (bundled: BundleFiles) => BundleFiles): Uint8Array {
  return zipped(change(evidenceBundle(ledger, options)));
}

interface Case {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** A fault of this kind is found; null: no fault at all. */
  readonly withKey: string | null;
  readonly withoutKey: string | null;
}

const undeclared = bodiesOf(evidenceLog(evidenceLedger(seeded(5), 16, [1, 2]), { ...options, format: 1 }));
const plain = bodiesOf(evidenceLog(ledger, { ...options, format: 1 }));
const text = (bodies: readonly Body[]): Uint8Array => utf8.encode(chained(bodies));
const exchanged = bundle((bundled) => {
  const artifact = [...bundled.keys()].find((path) => path.startsWith('artifacts/'))!;
  return withSums(bundled.set(artifact, utf8.encode('{}')).set('report.md', utf8.encode('# Better')));
});

const cases: readonly Case[] = [
  { name: 'accepts an export', bytes: utf8.encode(log), withKey: null, withoutKey: null },
  { name: 'accepts a bundle', bytes: bundle((bundled) => bundled), withKey: null, withoutKey: null },
  ...cuts.map(([what, cut]) => ({
    name: `finds an export without ${what}`,
    bytes: text(withoutProofs(cut(bodiesOf(log)))),
    withKey: 'signature_invalid',
    withoutKey: 'incomplete',
  })),
  {
    name: 'finds nothing in a cut export of a format that declares nothing',
    bytes: text(withoutProofs(plain.toSpliced(lastOf(plain, 'metaRun-bbbb'), 1))),
    withKey: null,
    withoutKey: null,
  },
  {
    name: 'finds a declaration that was taken off: whoever wrote none did not know these events',
    bytes: text(withoutProofs(undeclared.toSpliced(lastOf(undeclared, 'metaRun-bbbb'), 1))),
    withKey: 'unsigned',
    withoutKey: 'unsigned',
  },
  {
    name: 'finds a signature that was taken off',
    bytes: text(withTrailer(bodiesOf(log), (trailer) => ({ ...trailer, signed: null }))),
    withKey: 'unsigned',
    withoutKey: null,
  },
  {
    name: 'finds the signature of another key',
    bytes: utf8.encode(evidenceLog(ledger, { ...options, signer: signingKey(9) })),
    withKey: 'signature_invalid',
    withoutKey: null,
  },
  {
    name: 'finds an artifact that was exchanged together with the report and every checksum',
    bytes: exchanged,
    withKey: 'file_changed',
    withoutKey: 'file_changed',
  },
  {
    name: 'finds a readable part that says something else than its event',
    bytes: text(plain.with(2, { ...plain[2]!, status: 'skipped' })),
    withKey: 'derived_mismatch',
    withoutKey: 'derived_mismatch',
  },
];

function verifying(name: string, verified: Verify): void {
  const found: { withKey: readonly (readonly string[])[]; withoutKey: readonly (readonly string[])[] } = { withKey: [], withoutKey: [] };
  beforeAll(async () => {
    const evidence = cases.map(({ bytes }) => fileOf(bytes));
    found.withKey = await verified(evidence, ours.text);
    found.withoutKey = await verified(evidence, null);
  });
  test.each(cases.map((one, index) => [one.name, index, one] as const))(`${name} %s`, (_, index, { withKey, withoutKey }) => {
    for (const [kinds, expected] of [[found.withKey[index]!, withKey] as const, [found.withoutKey[index]!, withoutKey] as const])
      expect(kinds).toEqual(expected === null ? [] : expect.arrayContaining([expected]));
  });
}

describe('an export that was cut', () => {
  verifying('audit verify', verifiedHere);

  test('is told from one of before exports were signed by --complete', async () => {
    const file = fileOf(utf8.encode(chained(withTrailer(bodiesOf(log), downgraded))));
    const request = { file, checkpoint: null, verifierKey: ours.text, ledgerKeys: [] };
    expect((await verifyExport(tools, { ...request, complete: false })).declaration).toBeNull();
    expect((await verifyExport(tools, { ...request, complete: true })).faults).toMatchObject([{ kind: 'unsigned' }]);
  });
});

needs('python').describe('an export that was cut, with Python', () => {
  verifying('verify_audit.py', verifiedInPython);
});
