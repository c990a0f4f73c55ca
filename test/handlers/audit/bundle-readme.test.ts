/** The text in a bundle: what it says of the seal, the signature and the files must be so, and nothing that is not there is named. */
import { describe, expect, test } from '@jest/globals';
import { type BundleFacts, bundleReadme } from '../../../handlers/audit/bundle-readme.ts';
import type { HoldingSeal } from '../../../handlers/ledger/holding-seal.ts';

const key = { name: 'desk.example', keyId: '01234567', publicKey: new Uint8Array(32) };
const seal: HoldingSeal = {
  treeSize: 90,
  root: 'ab'.repeat(32),
  checkpoint: 'note',
  key,
  opened: { origin: 'desk.example', size: 90, root: new Uint8Array(32) },
};

const facts: BundleFacts = {
  runId: 'run-1',
  kind: 'meta',
  origin: 'desk.example',
  sleeveRuns: ['run-a', 'run-b'],
  lines: 12,
  artifacts: 7,
  unsealed: 0,
  seal,
  reported: true,
  signed: true,
};

const sealed = `Evidence of the meta run run-1
It consumes these sleeve runs, which are in the archive as well:
  run-a
  run-b

Sealed as desk.example: 90 events under the root ${'ab'.repeat(32)}.
It covers every line of audit.jsonl.
The checkpoint is the first that covers every line, so this archive stays the same, byte by byte, until more is decided about the run.

The last line of audit.jsonl declares every event and every other file of this archive, and is signed with the ledger's key.

What is here
  audit.jsonl               12 lines, one for each event, chained, with a trailer
  checkpoint.txt            the signed checkpoint, a C2SP note
  proofs.json               for each line the RFC 6962 path from its event to the root
  verifier-key.txt          the C2SP verifier key that opens what is signed here
  artifacts/<sha256>        7 files of data that the events name by their SHA-256
  report.md, report.html    the run for people, made from the same events
  examples/verify_audit.py  an independent verifier
  SHA256SUMS                of every other file

How to verify it, with Python 3.8 or newer and nothing else (unpack first, then run this here; the ZIP itself does as well)

  python3 examples/verify_audit.py audit.jsonl --vkey verifier-key.txt

It ends with status 0 when everything holds, and with 1 when something does not. It names line and kind of every fault, and checks every
file that the log declares.

How to compute it again, with sleeve-ledger and no ledger

  sleeve-ledger replay --bundle ARCHIVE.zip

The key in this archive shows only that the archive agrees with itself. Get the verifier key from somewhere else (the ledger's owner
publishes it; \`sleeve-ledger ledger init\` printed it) and compare, or give that one to --vkey. A checkpoint that was witnessed elsewhere
is checked with --checkpoint FILE.
`;

const unsealed = `Evidence of the combination run-1

NOT SEALED. No signed checkpoint covers these events: whoever holds the ledger could still rewrite them all.
Run \`sleeve-ledger ledger seal\` and bundle the run again.

The last line of audit.jsonl declares every event and every other file of this archive. It is NOT SIGNED: the ledger's key was not at
hand when the archive was made.

What is here
  audit.jsonl               12 lines, one for each event, chained, with a trailer
  artifacts/<sha256>        7 files of data that the events name by their SHA-256
  examples/verify_audit.py  an independent verifier
  SHA256SUMS                of every other file

How to verify it, with Python 3.8 or newer and nothing else (unpack first, then run this here; the ZIP itself does as well)

  python3 examples/verify_audit.py audit.jsonl

It ends with status 0 when everything holds, and with 1 when something does not. It names line and kind of every fault, and checks every
file that the log declares.

How to compute it again, with sleeve-ledger and no ledger

  sleeve-ledger replay --bundle ARCHIVE.zip
`;

describe('the text in a bundle', () => {
  test('of a run that is sealed, signed and reported', () => {
    expect(bundleReadme(facts)).toBe(sealed);
  });

  test('of a run that is not sealed, not signed and not reported names no file and no key that is not there', () => {
    expect(bundleReadme({ ...facts, kind: 'combination', sleeveRuns: [], seal: null, reported: false, signed: false })).toBe(unsealed);
  });

  test('says of a backtest whose prices it read', () => {
    expect(bundleReadme({ ...facts, kind: 'backtest' })).toBe(
      sealed.replace('the meta run', 'the backtest').replace('It consumes these', 'Its prices are those of these'),
    );
  });

  test('says how many lines the seal does not cover', () => {
    expect(bundleReadme({ ...facts, unsealed: 3 })).toBe(
      sealed.replace('It covers every line of audit.jsonl.', '3 lines of audit.jsonl are NOT covered by it.'),
    );
  });

  test.each([
    ['a seal and no signature', { signed: false }],
    ['a signature and no seal', { seal: null }],
  ])('names the key where there is %s', (_, change) => {
    const text = bundleReadme({ ...facts, ...change });
    expect(text).toContain('audit.jsonl --vkey verifier-key.txt\n');
    expect(text).toContain('  verifier-key.txt          the C2SP');
    expect(text).toContain('shows only that the archive agrees with itself');
  });
});
