/** I5: two verifiers that share no code say the same of every export and bundle, honest or damaged, fault for fault. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { createTools } from '../../../bin/adapters.ts';
import type { AuditReport } from '../../../domain/audit/verify-audit.ts';
import { verifyExport } from '../../../handlers/audit/verify-export.ts';
import { signingKey } from '../../support/audit-log.ts';
import { projectRoot } from '../../support/cli.ts';
import { evidenceBundle, evidenceLedger, evidenceLog, type EvidenceOptions, type Random } from '../../support/evidence.ts';
import { damagedBundle, damagedLog } from '../../support/evidence-damage.ts';
import { faultSeed, faultTrials, reportFigures, seeded } from '../../support/figures.ts';
import { needs } from '../../support/needs.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const hour = 3_600_000;
const directory = scratchDirectory();
const tools = createTools({ logLevel: 'silent', isTerminal: false });
const ours = signingKey(1);
const theirs = signingKey(9, 'other.example/ledger');

function someOptions(random: Random, count: number): EvidenceOptions {
  return {
    selection: random() < 0.7 ? { run: random() < 0.5 ? 'bbbb' : 'aaaa' } : 'all',
    signer: [ours, ours, ours, ours, null, theirs][Math.floor(random() * 6)]!,
    sealedTo: Math.floor(random() * (count + 1)),
    format: random() < 0.85 ? 2 : 1,
    positions: random() < 0.2,
  };
}

function someEvidence(random: Random): Uint8Array {
  const count = 2 + Math.floor(random() * 8);
  const [ledger, other] = [evidenceLedger(random, count, count % 2 === 0 ? [1] : [1, 2]), evidenceLedger(random, 3)];
  const options = someOptions(random, count);
  const otherOptions = { ...options, sealedTo: 0 };
  if (random() < 0.5) return damagedLog(evidenceLog(ledger, options), evidenceLog(other, otherOptions), random);
  return damagedBundle(evidenceBundle(ledger, options), evidenceBundle(other, otherOptions), random);
}

/** What both must say alike: verdict, numbers, and each fault's place and kind. */
const verdict = ({ faults, notes, ...report }: AuditReport) => ({
  lines: report.lines,
  lastHash: report.lastHash,
  sealedTo: report.sealedTo,
  unsealed: report.unsealed,
  seal: report.seal,
  declaration: report.declaration,
  tornAtByte: report.tornAtByte,
  notes: notes.length,
  faults: faults.map(({ line, kind }) => `${line} ${kind}`).toSorted(),
});

interface Given {
  readonly verifierKey: string | null;
  readonly complete: boolean;
}

async function compared(files: readonly string[], { verifierKey, complete }: Given): Promise<{ damaged: number; disagreements: string[] }> {
  const list = join(directory, 'list.txt');
  writeFileSync(list, `${files.join('\n')}\n`);
  const flags = [...(verifierKey === null ? [] : ['--vkey', verifierKey]), ...(complete ? ['--complete'] : [])];
  const script = join(projectRoot, 'examples/verify_audit.py');
  const run = spawnSync('python3', ['-I', script, '--json', '--files-from', list, ...flags], { encoding: 'utf8', maxBuffer: 1 << 30 });
  expect(run.stderr).toBe('');
  const python = (JSON.parse(run.stdout) as { readonly files: readonly AuditReport[] }).files;
  const disagreements: string[] = [];
  let damaged = 0;
  for (const [index, file] of files.entries()) {
    const request = { file, checkpoint: null, verifierKey, ledgerKeys: [], complete };
    const report = await verifyExport(tools, request);
    if (report.faults.length > 0) damaged++;
    const [left, right] = [JSON.stringify(verdict(report)), JSON.stringify(verdict(python[index]!))];
    if (left !== right) disagreements.push(`${file}\n${left}\n${right}`);
  }
  return { damaged, disagreements };
}

needs('python').test(
  'both verifiers agree on generated and damaged logs and bundles, the readable part included',
  async () => {
    const seed = faultSeed();
    const random = seeded(seed);
    const trials = faultTrials(200);
    const files = Array.from({ length: trials }, (_, index) => {
      const file = join(directory, `evidence-${index}`);
      writeFileSync(file, someEvidence(random));
      return file;
    });
    const half = Math.ceil(trials / 2);
    const parts: readonly (readonly [readonly string[], Given])[] = [
      [files.slice(0, half), { verifierKey: ours.text, complete: false }],
      [files.slice(half, half + half / 2), { verifierKey: null, complete: false }],
      [files.slice(half + half / 2), { verifierKey: ours.text, complete: true }],
    ];
    let damaged = 0;
    const disagreements: string[] = [];
    for (const [some, given] of parts) {
      const found = await compared(some, given);
      damaged += found.damaged;
      disagreements.push(...found.disagreements);
    }
    reportFigures({ test: 'I5 two verifiers, logs and bundles', seed, trials, damaged, disagreements: disagreements.length });
    expect(disagreements.slice(0, 3)).toEqual([]);
    expect(damaged).toBeGreaterThan(0);
    expect(damaged).toBeLessThan(trials);
  },
  hour,
);
