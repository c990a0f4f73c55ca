import { LedgerError, type ErrorCode } from '../../domain/shared/errors.ts';

/** What is read, and how a refusal is made. */
export interface CsvSource {
  readonly file: string;
  readonly code: Extract<
    ErrorCode,
    'PriceFileUnreadable' | 'ReturnsFileUnreadable' | 'HoldingsInvalid' | 'SupplyFileInvalid' | 'PositionsFileUnreadable'
  >;
}

export function refuseCsv(
  source: CsvSource,
  why: string,
  at: { readonly line?: number; readonly column?: string; readonly text?: string } = {},
): never {
  const { line, column, text } = at;
  throw new LedgerError(
    source.code,
    `${source.file}${line === undefined ? '' : `, line ${line}`}${column === undefined ? '' : `, column ${column}`}: ${why}`,
    {
      evidence: { ...(column === undefined ? {} : { column }), ...(text === undefined ? {} : { text: text.slice(0, 80) }) },
      at: { file: source.file, ...(line === undefined ? {} : { line }) },
    },
  );
}

export function refuseSize(source: CsvSource, what: string, found: number, max: number, line?: number): never {
  const place = line === undefined ? '' : `, line ${line}`;
  throw new LedgerError('LimitExceeded', `${source.file}${place}: ${found} ${what}, at most ${max} are read`, {
    evidence: { found, max },
    at: { file: source.file, ...(line === undefined ? {} : { line }) },
  });
}
