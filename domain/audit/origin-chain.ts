import { type Sha256, toHex, zeroHash } from '../shared/hashing.ts';
import { parsePythonJson, printPythonJson, type PythonJson } from './python-json.ts';

/** Whether the `audit.jsonl` of an imported run is the one that its writer left. */
export interface OriginChain {
  readonly status: 'verified' | 'broken' | 'absent';
  /** Lines whose hash and link were found right; all of them when verified. */
  readonly lines: number;
  /** Hash of the last good line, null when there is none. */
  readonly lastHash: string | null;
  /** 1-based line at which the chain breaks. */
  readonly brokenAt?: number;
  readonly reason?: string;
}

function memberOf(record: ReadonlyMap<string, PythonJson>, name: string): string | null {
  const value = record.get(name);
  return typeof value === 'string' && value.startsWith('"') ? (JSON.parse(value) as string) : null;
}

/** The hash of a line when it is right, or why it is not. */
function checkLine(line: string, previous: string, sha256: Sha256): { readonly hash: string } | { readonly reason: string } {
  let record: PythonJson;
  try {
    record = parsePythonJson(line);
  } catch (error) {
    if (error instanceof SyntaxError) return { reason: `not a JSON record: ${error.message}` };
    throw error;
  }
  if (typeof record === 'string' || !('get' in record)) return { reason: 'not a JSON object' };
  const hash = memberOf(record, 'hash');
  const previousHash = memberOf(record, 'prev_hash');
  if (hash === null || previousHash === null) return { reason: `no ${hash === null ? 'hash' : 'prev_hash'}` };
  if (previousHash !== previous) return { reason: `prev_hash is ${previousHash.slice(0, 64)}, the line before has ${previous}` };
  const rest = new Map(record);
  rest.delete('hash');
  const expected = toHex(sha256(new TextEncoder().encode(printPythonJson(rest))));
  return expected === hash ? { hash } : { reason: `hash is ${hash.slice(0, 64)}, the record gives ${expected}` };
}

/**
 * Verifies the hash chain of the origin's `audit.jsonl`: each record's `hash` is SHA-256 over Python's `json.dumps(record without hash,
 * sort_keys=True)`, its `prev_hash` is the hash of the line before, 64 zeros in the first. No lines at all is `absent`. A chain cannot see
 * a cut tail: `verified` says that what is there is whole, not that it is all.
 */
export function verifyOriginChain(lines: readonly string[], sha256: Sha256): OriginChain {
  const records = lines.at(-1) === '' ? lines.slice(0, -1) : lines;
  if (records.length === 0) return { status: 'absent', lines: 0, lastHash: null };
  let previous = zeroHash;
  for (const [index, line] of records.entries()) {
    const checked = checkLine(line, previous, sha256);
    if ('reason' in checked)
      return { status: 'broken', lines: index, lastHash: index === 0 ? null : previous, brokenAt: index + 1, reason: checked.reason };
    previous = checked.hash;
  }
  return { status: 'verified', lines: records.length, lastHash: previous };
}
