import { type RunKind, runKindWords } from '../../domain/run/run-kind.ts';
import type { HoldingSeal } from '../ledger/holding-seal.ts';

export interface BundleFacts {
  readonly runId: string;
  readonly kind: RunKind;
  readonly origin: string;
  readonly sleeveRuns: readonly string[];
  readonly lines: number;
  readonly artifacts: number;
  readonly unsealed: number;
  readonly seal: HoldingSeal | null;
  readonly reported: boolean;
  readonly signed: boolean;
}

function sealText({ seal, unsealed, origin }: BundleFacts): string {
  if (seal === null) {
    return `NOT SEALED. No signed checkpoint covers these events: whoever holds the ledger could still rewrite them all.
Run \`sleeve-ledger ledger seal\` and bundle the run again.
`;
  }
  const rest = unsealed === 0 ? 'It covers every line of audit.jsonl.' : `${unsealed} lines of audit.jsonl are NOT covered by it.`;
  return `Sealed as ${origin}: ${seal.treeSize} events under the root ${seal.root}.
${rest}
The checkpoint is the first that covers every line, so this archive stays the same, byte by byte, until more is decided about the run.
`;
}

export function bundleReadme(facts: BundleFacts): string {
  const { runId, kind, sleeveRuns, lines, artifacts, seal, reported, signed } = facts;
  const rests = kind === 'backtest' ? 'Its prices are those of' : 'It consumes';
  const consumed =
    sleeveRuns.length === 0
      ? ''
      : `${rests} these sleeve runs, which are in the archive as well:\n${sleeveRuns.map((run) => `  ${run}\n`).join('')}`;
  const key = seal === null && !signed ? '' : ' --vkey verifier-key.txt';
  const sealed =
    seal === null
      ? ''
      : `  checkpoint.txt            the signed checkpoint, a C2SP note
  proofs.json               for each line the RFC 6962 path from its event to the root
`;
  const keyFile = key === '' ? '' : `  verifier-key.txt          the C2SP verifier key that opens what is signed here\n`;
  const declared = signed
    ? `The last line of audit.jsonl declares every event and every other file of this archive, and is signed with the ledger's key.`
    : `The last line of audit.jsonl declares every event and every other file of this archive. It is NOT SIGNED: the ledger's key was not at
hand when the archive was made.`;
  const trust =
    key === ''
      ? ''
      : `
The key in this archive shows only that the archive agrees with itself. Get the verifier key from somewhere else (the ledger's owner
publishes it; \`sleeve-ledger ledger init\` printed it) and compare, or give that one to --vkey. A checkpoint that was witnessed elsewhere
is checked with --checkpoint FILE.
`;
  return `Evidence of the ${runKindWords[kind]} ${runId}
${consumed}
${sealText(facts)}
${declared}

What is here
  audit.jsonl               ${lines} lines, one for each event, chained, with a trailer
${sealed}${keyFile}  artifacts/<sha256>        ${artifacts} files of data that the events name by their SHA-256
${
  reported ? '  report.md, report.html    the run for people, made from the same events\n' : ''
}  examples/verify_audit.py  an independent verifier
  SHA256SUMS                of every other file

How to verify it, with Python 3.8 or newer and nothing else (unpack first, then run this here; the ZIP itself does as well)

  python3 examples/verify_audit.py audit.jsonl${key}

It ends with status 0 when everything holds, and with 1 when something does not. It names line and kind of every fault, and checks every
file that the log declares.

How to compute it again, with sleeve-ledger and no ledger

  sleeve-ledger replay --bundle ARCHIVE.zip
${trust}`;
}
