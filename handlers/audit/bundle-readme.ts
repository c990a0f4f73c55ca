import type { HoldingSeal } from '../ledger/holding-seal.ts';

export interface BundleFacts {
  readonly runId: string;
  readonly kind: 'sleeve' | 'meta';
  readonly origin: string;
  readonly sleeveRuns: readonly string[];
  readonly lines: number;
  readonly artifacts: number;
  readonly unsealed: number;
  readonly seal: HoldingSeal | null;
  readonly reported: boolean;
}

/** Recomputes every artifact that the audit file names; one line, so that it can be pasted into any shell. */
const artifactCheck = [
  `import json,hashlib`,
  `named={h for line in open('audit.jsonl',encoding='utf-8') for part in ('input_hashes','output_hashes') for h in ` +
    `json.loads(line).get(part,{}).values()}`,
  `wrong=[h for h in sorted(named) if hashlib.sha256(open('artifacts/'+h,'rb').read()).hexdigest()!=h]`,
  `print(len(named),'artifacts,',len(wrong),'wrong',*wrong)`,
  `raise SystemExit(len(wrong)>0)`,
].join(';');

function sealText({ seal, unsealed, origin }: BundleFacts): string {
  if (seal === null) {
    return `NOT SEALED. No signed checkpoint covers these events: whoever holds the ledger could still rewrite them all.
Run \`sleeve-ledger ledger seal\` and bundle the run again.
`;
  }
  const rest = unsealed === 0 ? 'It covers every line of audit.jsonl.' : `${unsealed} lines of audit.jsonl are NOT covered by it.`;
  return `Sealed as ${origin}: ${seal.treeSize} events under the root ${seal.root}.
${rest}
The checkpoint is the first that covers the run, so this archive stays the same, byte by byte, however the ledger grows.
`;
}

export function bundleReadme(facts: BundleFacts): string {
  const { runId, kind, sleeveRuns, lines, artifacts, seal, reported } = facts;
  const consumed =
    sleeveRuns.length === 0
      ? ''
      : `It consumes these sleeve runs, which are in the archive as well:\n${sleeveRuns.map((run) => `  ${run}\n`).join('')}`;
  const key = seal === null ? '' : ' --vkey verifier-key.txt';
  const sealed =
    seal === null
      ? ''
      : `  checkpoint.txt            the signed checkpoint, a C2SP note
  verifier-key.txt          the C2SP verifier key that opens it
  proofs.json               for each line the RFC 6962 path from its event to the root
`;
  const trust =
    seal === null
      ? ''
      : `
The key in this archive shows only that the archive agrees with itself. Get the verifier key from somewhere else (the ledger's owner
publishes it; \`sleeve-ledger ledger init\` printed it) and compare, or give that one to --vkey. A checkpoint that was witnessed elsewhere
is checked with --checkpoint FILE.
`;
  return `Evidence of the ${kind} run ${runId}
${consumed}
${sealText(facts)}
What is here
  audit.jsonl               ${lines} lines, one for each event, chained, with a trailer
${sealed}  artifacts/<sha256>        ${artifacts} files of data that the events name by their SHA-256
${
  reported ? '  report.md, report.html    the run for people, made from the same events\n' : ''
}  examples/verify_audit.py  an independent verifier
  SHA256SUMS                of every other file

How to verify it, with Python 3.8 or newer and nothing else (unpack first, then run these here)

  python3 examples/verify_audit.py audit.jsonl${key}

  python3 -c "${artifactCheck}"

Each ends with status 0 when everything holds, and with 1 when something does not. The first names line and kind of every fault.
${trust}`;
}
