import { canonicalJson, type JsonObject } from '../shared/canonical-json.ts';
import { LedgerError } from '../shared/errors.ts';
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

/** Whose lines are known: those of the Python system, and since rules 2 those that `export run` writes. */
export type ChainForms = 'python' | 'python_and_ledger';

/** The hash that a line of this program must have: over the RFC 8785 text of the line without it. Null for a line that has no such text. */
function ledgerHash(line: string, sha256: Sha256): string | null {
  try {
    const { hash: _, ...rest } = JSON.parse(line) as JsonObject;
    return toHex(sha256(new TextEncoder().encode(canonicalJson(rest))));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof LedgerError) return null;
    throw error;
  }
}

/** The hash of a line when it is right, or why it is not. */
function checkLine(
  line: string,
  previous: string,
  sha256: Sha256,
  forms: ChainForms,
): { readonly hash: string } | { readonly reason: string } {
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
  if (expected === hash || (forms === 'python_and_ledger' && ledgerHash(line, sha256) === hash)) return { hash };
  return { reason: `hash is ${hash.slice(0, 64)}, the record gives ${expected}` };
}

/**
 * Verifies the hash chain of the origin's `audit.jsonl`: each record's `hash` is SHA-256 over Python's `json.dumps(record without hash,
 * sort_keys=True)`, its `prev_hash` is the hash of the line before, 64 zeros in the first. No lines at all is `absent`. A chain cannot see
 * a cut tail: `verified` says that what is there is whole, not that it is all.
 */
export function verifyOriginChain(lines: Iterable<string>, sha256: Sha256, forms: ChainForms): OriginChain {
  let previous = zeroHash;
  let good = 0;
  // What stands behind the last newline.
  let empty = false;
  for (const line of lines) {
    if (line === '' && !empty) {
      empty = true;
      continue;
    }
    const next = empty ? '' : line;
    const checked = checkLine(next, previous, sha256, forms);
    if ('reason' in checked)
      return { status: 'broken', lines: good, lastHash: good === 0 ? null : previous, brokenAt: good + 1, reason: checked.reason };
    previous = checked.hash;
    good++;
  }
  return good === 0 ? { status: 'absent', lines: 0, lastHash: null } : { status: 'verified', lines: good, lastHash: previous };
}
