import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { describe, expect, test } from '@jest/globals';
import { needs } from '../../support/needs.ts';
import { anyPython } from '../../support/python.ts';
import { readAnswers } from './ledger-folder.ts';
import { comparableText } from './not-compared.ts';
import { RecordedLedger } from './recorded-ledger.ts';

const testWithPython = needs('python').test;

const verifier = join(import.meta.dirname, '../../../examples/verify_audit.py');

interface Verified {
  readonly ok: boolean;
  readonly files: readonly { readonly lines: number; readonly sealedTo: number; readonly faults: readonly unknown[] }[];
}

/** The second verifier, which shares no code with ours. */
function byPython(script: string, file: string, vkey: string): Verified {
  const { stdout, stderr } = spawnSync(anyPython, ['-I', script, '--json', '--vkey', vkey, file], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout) as Verified;
}

function unpackBundle(): void {
  for (const [name, bytes] of Object.entries(unzipSync(readFileSync('bundle.zip')))) {
    mkdirSync(dirname(`out/bundle/${name}`), { recursive: true });
    writeFileSync(`out/bundle/${name}`, bytes);
  }
}

/** That what was given away then is still worth something: exports, a bundle, a backup. */
export function evidenceContract(release: string): void {
  describe('what was exported from it', () => {
    const ledger = new RecordedLedger(release);
    const exports = ['audit.jsonl', 'audit-of-run.jsonl', 'out/bundle/audit.jsonl'];
    const newestKey = (): string => ledger.recording.stages.at(-1)!.verifierKey;

    test.each(exports)('verifies: %s', async (file) => {
      unpackBundle();
      const { exit, answer } = await ledger.run(['audit', 'verify', file]);
      expect({ exit, answer }).toMatchObject({ exit: 0, answer: { result: { faults: [], seal: { trust: 'key' } } } });
      expect(answer.result!['sealedTo']).toBeGreaterThan(100);
    });

    test('verifies alone too, with nothing but the newest key', async () => {
      const argv = ['audit', 'verify', 'audit.jsonl', '--vkey', newestKey(), '--store', 'none.sqlite'];
      expect(await ledger.run(argv)).toMatchObject({
        exit: 0,
        answer: { result: { lines: ledger.recording.events, sealedTo: ledger.recording.events - 1, faults: [] } },
      });
    });

    testWithPython('verifies with the Python verifier of today, and the bundle with the one that it carries', () => {
      unpackBundle();
      for (const file of exports) expect(byPython(verifier, file, newestKey())).toMatchObject({ ok: true, files: [{ faults: [] }] });
      expect(byPython('out/bundle/examples/verify_audit.py', 'out/bundle/audit.jsonl', 'out/bundle/verifier-key.txt')).toMatchObject({
        ok: true,
        files: [{ faults: [] }],
      });
    });

    test('is exported again line by line as it was', async () => {
      expect(await ledger.run(['audit', 'export', '--all', '--positions', '-o', 'out/audit.jsonl'])).toMatchObject({ exit: 0 });
      const [now, then] = ['out/audit.jsonl', 'audit.jsonl'].map((file) => comparableText(readFileSync(file, 'utf8')));
      // Not one long difference in the report of a failure.
      expect(now === then).toBe(true);
    });

    test('is restored from its backup, with the same root', async () => {
      const { checkpoint, verifierKey } = ledger.recording.stages.at(-1)!;
      const store = ['--store', 'restored.sqlite', '--key', 'ledger.sqlite.key', '--witness', 'ledger.sqlite.witness'];
      const { events } = ledger.recording;
      expect(
        await ledger.run(['ledger', 'restore', '--from', 'backup.sqlite', '--checkpoint', checkpoint, '--vkey', verifierKey, ...store]),
      ).toMatchObject({ exit: 0, answer: { result: { events, lost: 0 }, warnings: [] } });
      expect(await ledger.run(['ledger', 'verify', ...store])).toMatchObject({ exit: 0, answer: { result: { events, faults: [] } } });
      const [then] = readAnswers('ledger-prove');
      const { answer } = await ledger.run(['ledger', 'prove', 'ledger@0', ...store]);
      expect(answer.result!['root']).toBe(then!.answer.result!['root']);
      expect(answer.result!['root']).toMatch(/^[0-9a-f]{64}$/);
    });
  });
}
