import { type OriginChain, verifyOriginChain } from '../../../domain/audit/origin-chain.ts';
import type { Sha256 } from '../../../domain/shared/hashing.ts';
import type { RunFile } from './run-files.ts';

/** The hash chain of the run's own audit log. */
export function sourceChainOf(files: readonly RunFile[], sha256: Sha256, rules: number): OriginChain {
  const file = files.find(({ role }) => role === 'sourceAudit');
  return file === undefined
    ? { status: 'absent', lines: 0, lastHash: null }
    : verifyOriginChain(new TextDecoder().decode(file.bytes).split('\n'), sha256, rules >= 2 ? 'python_and_ledger' : 'python');
}

export function chainDetail({ status, lines, lastHash, brokenAt, reason }: OriginChain): string {
  if (status === 'absent') return 'the run has no audit.jsonl';
  return status === 'verified'
    ? `audit.jsonl: ${lines} lines chained, the last ${lastHash}`
    : `audit.jsonl breaks at line ${brokenAt}: ${reason}`;
}
