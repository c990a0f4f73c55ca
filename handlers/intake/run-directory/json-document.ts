import { canonicalJson } from '../../../domain/shared/canonical-json.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { jsonTooHeavy } from '../../../domain/shared/json-weight.ts';

/** Errors: RunDirectoryInvalid naming the file, and the place in it when there is one. */
export function refuseRunFile(file: string, why: string, path?: string): never {
  throw new LedgerError('RunDirectoryInvalid', `${file}: ${why}`, { at: { file, ...(path === undefined ? {} : { path }) } });
}

/**
 * A JSON file of a run directory, of values that can be recorded.
 * Errors: RunDirectoryInvalid for what is not UTF-8, no JSON (Python's NaN included), nested too deep, or holds a number or text that JSON
 * cannot carry.
 */
export function parseJsonDocument(bytes: Uint8Array, file: string): unknown {
  let document: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const heavy = jsonTooHeavy(text);
    if (heavy !== null) return refuseRunFile(file, heavy);
    document = JSON.parse(text);
  } catch (error) {
    return refuseRunFile(file, `not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  try {
    canonicalJson(document);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return refuseRunFile(file, error.message, error.at.path);
  }
  return document;
}
