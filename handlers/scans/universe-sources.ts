import { parseDay } from '../../domain/returns/days.ts';
import type { GivenScan } from '../../domain/allocation/sleeve/given-supply.ts';
import type { UniverseScan } from '../../domain/run/scanned-universe.ts';
import { parseExport, universeOfExport } from '../../domain/scan/export-universe.ts';
import { numberIn } from '../../domain/scan/response.ts';
import { responseOfStored } from '../../domain/scan-record/stored-response.ts';
import { scanRowOf, type ScanRow } from '../../domain/selection/supply.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { toHex } from '../../domain/shared/hashing.ts';
import { loadDocument } from '../artifacts/artifact-files.ts';
import type { Ports } from '../ports/ports.ts';
import { baseName } from '../runs/base-name.ts';
import { recordedScan, scanName } from './recorded-scan.ts';

/** Where the symbols of a universe are looked up. */
export interface UniverseSources {
  /** Of the ledger with the scans; null where there is none. */
  readonly ledger: Pick<Ports, 'store' | 'artifacts'> | null;
  readonly tools: Pick<Ports, 'files' | 'crypto'>;
}

/** A scan that gives symbols, and what it says of them. */
export interface SourceScan {
  readonly scan: UniverseScan;
  readonly values: GivenScan;
}

interface ScanReference {
  readonly scanner: string;
  readonly asOf: string | null;
}

const scanWord = 'scan:';
const exportEnd = '.json';

/** Errors: Usage. */
function parsedReference(text: string): ScanReference {
  const match = /^scan:([a-zA-Z0-9_-]+)(?:@(\d{4}-\d{2}-\d{2}))?$/.exec(text);
  if (match === null || (match[2] !== undefined && parseDay(match[2]) === null))
    throw new LedgerError('Usage', `--universe ${text}: scan:<id>, scan:<id>@<date>, or the file of an export, <name>.json`, {
      at: { path: '--universe' },
    });
  return { scanner: match[1]!, asOf: match[2] ?? null };
}

async function fromLedger({ ledger }: UniverseSources, text: string, newest: string | null): Promise<SourceScan> {
  const { scanner, asOf } = parsedReference(text);
  if (ledger === null) throw new LedgerError('ScanNotRecorded', `no ledger holds ${text}`, { at: { path: '--universe' } });
  const asked = asOf === null ? { asOf: newest, exact: false } : { asOf, exact: true };
  const { fact } = await recordedScan(ledger, scanner, asked);
  const { rows } = responseOfStored(await loadDocument(ledger.artifacts, 'scan-response', fact.response));
  const values = rows.flatMap((row): [string, ScanRow][] => {
    const found = scanRowOf((column) => numberIn(row, column));
    return found === null ? [] : [[row.symbol, found]];
  });
  return {
    scan: fact,
    values: {
      name: scanName(fact),
      asOf: fact.asOf,
      origin: { kind: 'recorded', snapshot: fact.snapshot },
      rows: Object.fromEntries(values),
    },
  };
}

async function fromFile({ tools }: UniverseSources, file: string): Promise<SourceScan> {
  const bytes = await tools.files.readBytes(file);
  const fileSha256 = toHex(tools.crypto.sha256(bytes));
  const { scanner, asOf, verdict, lacking, selected, values } = universeOfExport(parseExport(new TextDecoder().decode(bytes), file), file);
  const name = baseName(file);
  return {
    scan: {
      scanner,
      asOf,
      snapshot: fileSha256,
      verdict,
      notEvaluated: { filters: [], gates: [], conditions: [] },
      notReturned: [],
      selected: selected.map(({ symbol }) => symbol),
      exported: { file: name, lacking, passes: new Map(selected.map(({ symbol, passes }) => [symbol, passes])) },
    },
    values: { name, asOf, origin: { kind: 'export', fileSha256 }, rows: values },
  };
}

/**
 * The scan that a reference names: recorded, the newest up to a date where it names none, or exported to a file. Errors: Usage,
 * ScanNotRecorded, ScanExportInvalid, FileMissing, FileUnreadable.
 */
export function sourceScan(sources: UniverseSources, reference: string, newest: string | null): Promise<SourceScan> {
  if (!reference.startsWith(scanWord) && reference.endsWith(exportEnd)) return fromFile(sources, reference);
  return fromLedger(sources, reference, newest);
}
