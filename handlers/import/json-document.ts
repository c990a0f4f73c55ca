import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';

/** Errors: RunDirectoryInvalid naming the file, and the place in it when there is one. */
export function refuseRunFile(file: string, why: string, path?: string): never {
  throw new LedgerError('RunDirectoryInvalid', `${file}: ${why}`, { at: { file, ...(path === undefined ? {} : { path }) } });
}

function assertShallow(document: unknown, file: string): void {
  let level: unknown[] = [document];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limits.jsonDepthMax) throw new LedgerError('LimitExceeded', `${file}: nested deeper than ${limits.jsonDepthMax} levels`, { evidence: { jsonDepthMax: limits.jsonDepthMax }, at: { file } });
    level = level.flatMap((node) => (node !== null && typeof node === 'object' ? Object.values(node) : []));
  }
}

/** A JSON file of a run directory. Errors: RunDirectoryInvalid for what is not UTF-8 or no JSON (Python's NaN included), LimitExceeded. */
export function parseJsonDocument(bytes: Uint8Array, file: string): unknown {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    return refuseRunFile(file, `not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  assertShallow(document, file);
  return document;
}
