import { type OriginChain, verifyOriginChain } from '../../../domain/audit/origin-chain.ts';
import type { Sha256 } from '../../../domain/shared/hashing.ts';
import type { RunFile } from './run-files.ts';

const newline = 0x0a;

/** One after the other, as a chain ends at its first bad line. What follows the last newline is a line unless it is empty. */
function* linesOf(bytes: Uint8Array): Generator<string> {
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(newline, start);
    const end = found < 0 ? bytes.length : found;
    // A byte order mark is one at the beginning of the file only.
    yield new TextDecoder('utf-8', { ignoreBOM: start > 0 }).decode(bytes.subarray(start, end));
    start = end + 1;
  }
}

/** The hash chain of the run's own audit log. */
export function sourceChainOf(files: readonly RunFile[], sha256: Sha256, rules: number): OriginChain {
  const file = files.find(({ role }) => role === 'sourceAudit');
  return file === undefined
    ? { status: 'absent', lines: 0, lastHash: null }
    : verifyOriginChain(linesOf(file.bytes), sha256, rules >= 2 ? 'python_and_ledger' : 'python');
}

export function chainDetail({ status, lines, lastHash, brokenAt, reason }: OriginChain): string {
  if (status === 'absent') return 'the run has no audit.jsonl';
  return status === 'verified'
    ? `audit.jsonl: ${lines} lines chained, the last ${lastHash}`
    : `audit.jsonl breaks at line ${brokenAt}: ${reason}`;
}
