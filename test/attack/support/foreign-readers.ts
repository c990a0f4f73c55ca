import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { nothingAsked } from '../../../domain/shared/csv-reading.ts';

type Read = (file: string) => unknown;

/** A parser of bytes as a reader of files. */
const ofBytes =
  (parse: (bytes: Uint8Array, file: string) => unknown): Read =>
  (file) =>
    parse(readFileSync(file), file);

async function auditVerifier(): Promise<Read> {
  const { verifyExport } = await import('../../../handlers/audit/verify-export.ts');
  const { createFiles } = await import('../../../infra/files/node-files.ts');
  const { createNodeCrypto } = await import('../../../infra/crypto/node-crypto.ts');
  const { deterministicZip } = await import('../../../infra/zip/deterministic-zip.ts');
  const tools = { files: createFiles(), crypto: createNodeCrypto(), archives: deterministicZip };
  return async (file) => verifyExport(tools, { file, checkpoint: null, verifierKey: null, ledgerKeys: [], complete: false });
}

/** Everything in this program that reads files or messages of others, by name; each is loaded when it is asked for. */
export const foreignReaders = {
  'parquet prices': async () => {
    const { parseParquetPrices } = await import('../../../infra/parquet/parquet-prices.ts');
    return ofBytes(parseParquetPrices);
  },
  'CSV prices': async () => {
    const { parseCsvPrices } = await import('../../../infra/csv/csv-prices.ts');
    return ofBytes((bytes, file) => parseCsvPrices(bytes, file, nothingAsked));
  },
  'CSV returns': async () => {
    const { parseCsvReturns } = await import('../../../infra/csv/csv-returns.ts');
    return ofBytes((bytes, file) => parseCsvReturns(bytes, file, nothingAsked));
  },
  manifest: async () => {
    const { validatedManifest } = await import('../../../handlers/queries/manifest.ts');
    return (file: string) => validatedManifest(readFileSync(file, 'utf8'), file);
  },
  'audit verify': auditVerifier,
  'signed note': async () => {
    const { parseNote } = await import('../../../domain/audit/signed-note.ts');
    return (file: string) => parseNote(readFileSync(file, 'utf8'));
  },
  'verifier key': async () => {
    const { createAuditVerifier } = await import('../../../domain/audit/verify-audit.ts');
    const { createNodeCrypto } = await import('../../../infra/crypto/node-crypto.ts');
    const { sha256 } = createNodeCrypto();
    return (file: string) => createAuditVerifier({ sha256, verifySignature: () => false, verifierKey: readFileSync(file, 'utf8') });
  },
  scanners: async () => {
    const { createScannerFiles } = await import('../../../infra/scanners/scanner-files.ts');
    const { createFiles } = await import('../../../infra/files/node-files.ts');
    return async (file: string) => createScannerFiles(createFiles()).readScanners(dirname(file));
  },
} satisfies Readonly<Record<string, () => Promise<Read>>>;

export type ForeignReader = keyof typeof foreignReaders;
