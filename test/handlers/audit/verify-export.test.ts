/** An export as a file, an archive, or an archive that somebody unpacked: what is looked at in each, and what cannot be read. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createTools } from '../../../bin/adapters.ts';
import { zeroHash } from '../../../domain/shared/hashing.ts';
import { byCodeUnits } from '../../../domain/shared/order.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import type { AuditVerifyRequest } from '../../../handlers/audit/verify.ts';
import { keyText, verifyExport, wholeFile } from '../../../handlers/audit/verify-export.ts';
import type { Archives } from '../../../handlers/ports/ports.ts';
import { signingKey } from '../../support/audit-log.ts';
import { type BundleFiles, evidenceBundle, evidenceLedger, evidenceLog, withSums, zipped } from '../../support/evidence.ts';
import { seeded } from '../../support/figures.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const directory = scratchDirectory();
const tools = createTools({ logLevel: 'silent', isTerminal: false });
const signer = signingKey(1);
const ledger = evidenceLedger(seeded(5), 16);
const options = { selection: { run: 'bbbb' }, signer, sealedTo: 16, format: 2, positions: false } as const;
const bundle = (): BundleFiles => evidenceBundle(ledger, options);
const text = (content: string): Uint8Array => new TextEncoder().encode(content);

let files = 0;
function fileOf(bytes: Uint8Array): string {
  const file = join(directory, `export-${++files}`);
  writeFileSync(file, bytes);
  return file;
}

function unpacked(content: BundleFiles): string {
  const folder = join(directory, `unpacked-${++files}`);
  for (const [path, bytes] of content) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return `${folder}/audit.jsonl`;
}

const verified = (file: string, change: Partial<AuditVerifyRequest> = {}) =>
  verifyExport(tools, { file, checkpoint: null, verifierKey: signer.text, ledgerKeys: [], complete: true, ...change });

const kinds = async (file: string): Promise<(readonly [string, string, string])[]> =>
  (await verified(file)).faults.map(({ kind, expected, actual }) => [kind, expected, actual] as const);

/** In every way in which somebody may hold a bundle. */
const held: readonly (readonly [string, (content: BundleFiles) => string])[] = [
  ['in an archive', (content) => fileOf(zipped(content))],
  ['unpacked', unpacked],
];

describe.each(held)('a bundle %s', (name, hold) => {
  test('verifies with every file in it', async () => {
    const report = await verified(hold(bundle()));
    expect(report).toMatchObject({ faults: [], sealedTo: 16, tornAtByte: null });
    expect(report.lines).toBeGreaterThan(4);
  });

  test('has a fault for a file that was changed, one that is missing, and a list of checksums that is not theirs', async () => {
    const content = bundle();
    content.set('report.md', text('# Another'));
    content.delete('README.txt');
    content.set('SHA256SUMS', text(''));
    const found = await kinds(hold(content));
    expect(found.map(([kind, expected]) => `${kind} ${expected.split(' ')[0]}`).toSorted(byCodeUnits)).toEqual([
      'file_changed SHA256SUMS',
      'file_changed report.md',
      'file_missing README.txt',
    ]);
  });

  test('has a fault where the list of checksums is missing', async () => {
    const content = bundle();
    content.delete('SHA256SUMS');
    expect((await kinds(hold(content))).map(([kind, expected]) => [kind, expected.split(' ')[0]])).toEqual([
      ['file_missing', 'SHA256SUMS'],
    ]);
  });

  test('may hold a file that is not declared only where it is unpacked among others', async () => {
    const content = withSums(bundle());
    content.set('more.txt', text('more'));
    expect(await kinds(hold(content))).toEqual(name === 'unpacked' ? [] : [['undeclared', 'a declared file', 'more.txt']]);
  });
});

describe('a log alone', () => {
  test('that declares no files is verified by itself', async () => {
    expect(await verified(fileOf(text(evidenceLog(ledger, options))))).toMatchObject({ faults: [], sealedTo: 16 });
  });

  test('has its faults in the order of the lines, those of its files with them', async () => {
    const content = bundle();
    const lines = Buffer.from(content.get('audit.jsonl')!).toString('utf8').split('\n');
    content.set('audit.jsonl', text([lines[0]!.replace('"ann"', '"bob"'), ...lines.slice(1)].join('\n')));
    content.delete('README.txt');
    const { faults } = await verified(unpacked(content));
    expect(faults.map(({ line }) => line)).toEqual(faults.map(({ line }) => line).toSorted((left, right) => left - right));
    expect(faults.map(({ kind }) => kind)).toContain('file_missing');
    expect(faults[0]!.line).toBe(1);
  });

  test('that is empty, or begins as half of an archive does, is a log', async () => {
    for (const bytes of [new Uint8Array(0), text('P'), text('PX'), text('XK')])
      expect((await verified(fileOf(bytes))).faults.map(({ kind }) => kind)).not.toContain('archive');
  });
});

const notReadable = (actual: unknown) => ({
  lines: 0,
  lastHash: zeroHash,
  sealedTo: 0,
  unsealed: 0,
  seal: null,
  declaration: null,
  tornAtByte: null,
  notes: [],
  faults: [{ line: 0, kind: 'archive', expected: 'a ZIP archive of evidence', actual }],
});

describe('an archive that cannot be read', () => {
  test('is one fault, and so is one without a log', async () => {
    expect(await verified(fileOf(text('PK and no archive')))).toEqual(notReadable(expect.any(String)));
    const content = bundle();
    content.delete('audit.jsonl');
    expect(await verified(fileOf(zipped(content)))).toEqual(notReadable('it has no audit.jsonl'));
  });

  test('does not excuse a verifier key that is malformed, nor a fault of this machine', async () => {
    await expect(verified(fileOf(text('PK and no archive')), { verifierKey: 'no key' })).rejects.toMatchObject({
      code: 'CheckpointInvalid',
    });
    const fault = new LedgerError('StoreIo', 'the disk says no');
    const archives: Archives = { ...tools.archives, open: () => Promise.reject(fault) };
    const request = { file: fileOf(text('PK')), checkpoint: null, verifierKey: null, ledgerKeys: [], complete: true };
    await expect(verifyExport({ ...tools, archives }, request)).rejects.toBe(fault);
  });
});

test('the key in an archive is trusted by nobody, and told', async () => {
  const report = await verified(fileOf(zipped(bundle())), { verifierKey: null, complete: false });
  expect({ sealedTo: report.sealedTo, faults: report.faults }).toEqual({ sealedTo: 0, faults: [] });
  const other = bundle();
  other.set('verifier-key.txt', text(`${signingKey(2).text}\n`));
  expect((await verified(fileOf(zipped(withSums(other))))).faults.map(({ kind }) => kind)).toContain('file_changed');
});

describe('a key that is given', () => {
  test.each([
    ['its text', signer.text, signer.text],
    ['a text that begins as one', 'desk+0123abcd+rest of it', 'desk+0123abcd+rest of it'],
    ['a text without a name', '+0123abcd+x', '+0123abcd+x'],
  ])('is taken as %s', async (_, given, expected) => {
    expect(await keyText(tools, given)).toBe(expected);
  });

  test('names a file where it is none, and is nothing where nobody gave one', async () => {
    expect(await keyText(tools, null)).toBeNull();
    expect(await keyText(tools, fileOf(text('content')))).toBe('content');
    for (const given of ['a+0123abc+x', 'a+0123ABCD+x', 'a+b+0123abcd+x'])
      await expect(keyText(tools, join(directory, given))).rejects.toMatchObject({ code: 'FileMissing' });
  });
});

test('a file is read whole, whatever its pieces', async () => {
  const bytes = new Uint8Array(300_000).map((_, index) => index % 251);
  expect(Buffer.compare(await wholeFile(tools, fileOf(bytes)), bytes)).toBe(0);
});
