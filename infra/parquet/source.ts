import { LedgerError, type ErrorCode } from '../../domain/shared/errors.ts';

/** What is read, and with which code it is refused. */
export interface ParquetSource {
  readonly file: string;
  readonly code: Extract<ErrorCode, 'PriceFileUnreadable' | 'ReturnsFileUnreadable'>;
}

export function refuseParquet(source: ParquetSource, why: string, column?: string): never {
  throw new LedgerError(source.code, `${source.file}${column === undefined ? '' : `, column ${column}`}: ${why}`, {
    evidence: column === undefined ? {} : { column },
    at: { file: source.file },
  });
}

export function refuseSize(source: ParquetSource, what: string, found: number | bigint, max: number, column?: string): never {
  const place = column === undefined ? '' : `, column ${column}`;
  throw new LedgerError('LimitExceeded', `${source.file}${place}: ${found} ${what}, at most ${max} are read`, {
    evidence: { found: Number(found), max, ...(column === undefined ? {} : { column }) },
    at: { file: source.file },
  });
}

/** Runs a decoder of others: whatever it throws on damaged bytes becomes a refusal. */
export async function guarded<T>(source: ParquetSource, what: string, decode: () => T | Promise<T>, column?: string): Promise<T> {
  try {
    return await decode();
  } catch (error) {
    if (error instanceof LedgerError) throw error;
    return refuseParquet(source, `${what} is damaged (${error instanceof Error ? error.message : 'unknown failure'})`, column);
  }
}
