import { lineOfRow, type PriceFile } from '../../domain/returns/price-file.ts';
import { mergePriceTables } from '../../domain/returns/prices.ts';
import type { DatedTable } from '../../domain/returns/table-text.ts';
import { LedgerError } from '../../domain/shared/errors.ts';

/** Errors: SchemaViolation, naming file and line, where dates stand twice or out of order. */
function requireOrder({ file, defects }: PriceFile): void {
  const [defect] = defects;
  if (defect === undefined) return;
  const { kind, date } = defect;
  const line = defect.line ?? undefined;
  throw new LedgerError('SchemaViolation', `${file}: ${kind === 'duplicate_date' ? 'two rows have the date' : 'out of order is'} ${date}`, {
    evidence: { date, kind },
    at: { file, ...(line === undefined ? {} : { line }) },
  });
}

/** Files as one table, columns in code-unit order. Errors: SymbolTwice; SchemaViolation for dates out of order. */
export function tableOf(files: readonly PriceFile[]): DatedTable {
  files.forEach(requireOrder);
  const { dates, symbols, closes } = mergePriceTables(files);
  return { dates, columns: symbols, values: closes };
}

/** Names file and line of what is wrong with the weights themselves, which the domain knows by their date. */
export function ofWeights(weights: PriceFile, error: unknown): unknown {
  const date = error instanceof LedgerError && error.code === 'SchemaViolation' ? error.evidence['date'] : undefined;
  if (!(error instanceof LedgerError) || typeof date !== 'string') return error;
  const row = weights.table.dates.indexOf(date);
  const line = row < 0 ? null : lineOfRow(weights.lines, row);
  const at = { ...error.at, file: weights.file, ...(line === null ? {} : { line }) };
  return new LedgerError(error.code, `${weights.file}: ${error.message}`, { evidence: error.evidence, at, cause: error });
}
