import { canonicalJson, type JsonObject } from './canonical-json.ts';
import { LedgerError } from './errors.ts';
import { limits } from './limits.ts';

/**
 * What every store refuses before it writes a checkpoint, and otherwise the text that it keeps: RFC 8785.
 *
 * Errors: Usage for a name that not every store could take; NotPlainJson; LimitExceeded.
 */
export function checkpointText(name: string, value: JsonObject): string {
  checkCheckpointName(name);
  const text = canonicalJson(value);
  if (text.length > limits.inlineDataBytesMax) {
    throw new LedgerError(
      'LimitExceeded',
      `checkpoint "${name}" holds ${text.length} characters, at most ${limits.inlineDataBytesMax} are allowed`,
      {
        evidence: { name, characters: text.length, charactersMax: limits.inlineDataBytesMax },
      },
    );
  }
  return text;
}

/**
 * What the names of checkpoints begin with: of a relay, then its topic; of the answer of a job that is kept, then the key of the job; of
 * those who react, then their group.
 */
export const checkpointPrefixes = { relay: 'relay-', keptAnswer: 'backtest-answer-', presence: 'presence-' } as const;

export function isCheckpointName(name: string): boolean {
  return /^[A-Za-z0-9._-]{1,150}$/.test(name);
}

/** Errors: Usage. */
export function checkCheckpointName(name: string): void {
  if (!isCheckpointName(name)) throw new LedgerError('Usage', `"${name}" is not a name of a checkpoint`, { evidence: { name } });
}

/** Errors: StoreIo when the text is not what a store was given. */
export function parseCheckpoint(name: string, text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  } catch {
    // Told below, as for JSON of another kind.
  }
  throw new LedgerError('StoreIo', `checkpoint "${name}" is damaged`, { evidence: { name } });
}

/** Somebody has written since: what a compare-and-set answers with. */
export function checkpointConflict(name: string, expected: 'none' | bigint, actual: bigint | null): LedgerError {
  const found = actual === null ? 'none' : String(actual);
  return new LedgerError('WrongExpectedRevision', `checkpoint "${name}" is at version ${found}, expected version ${expected}`, {
    evidence: { name, expected: String(expected), actual: found },
  });
}
