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
  'artifacts of a store': async () => {
    const { openSqlite } = await import('../../../infra/sqlite/open.ts');
    return async (file: string) => {
      const { artifacts, store } = openSqlite(file, { access: 'read', create: false });
      try {
        for (const address of await artifacts.list({ after: null, limit: 10 })) await artifacts.get(address);
      } finally {
        await store.close();
      }
    };
  },
  holdings: async () => {
    const { csvHoldings } = await import('../../../infra/csv/csv-holdings.ts');
    return ofBytes((bytes, file) => csvHoldings.parse(bytes, file, { ...nothingAsked, preset: null, columns: null }));
  },
  metadata: async () => {
    const { parseCsvMetadata } = await import('../../../infra/csv/csv-metadata.ts');
    const { createSymbolFiles, parseJsonMetadata } = await import('../../../infra/files/symbol-files.ts');
    return async (file: string) => createSymbolFiles({ csv: parseCsvMetadata, json: parseJsonMetadata }).readMetadata(file);
  },
  'run document': async () => {
    const { parseJsonDocument } = await import('../../../handlers/intake/run-directory/json-document.ts');
    return ofBytes(parseJsonDocument);
  },
  'log of a run': async () => {
    const { sourceChainOf } = await import('../../../handlers/intake/run-directory/source-chain.ts');
    const { createNodeCrypto } = await import('../../../infra/crypto/node-crypto.ts');
    const { sha256 } = createNodeCrypto();
    return ofBytes((bytes, path) => sourceChainOf([{ path, role: 'sourceAudit', bytes }], sha256, 2));
  },
  message: async () => {
    const { parseStrictJson } = await import('../../../handlers/messages/strict-json.ts');
    return ofBytes((bytes) => parseStrictJson(bytes));
  },
  'scan response': async () => {
    const { savedResponse } = await import('../../../handlers/scans/scan-inputs.ts');
    const { createFiles } = await import('../../../infra/files/node-files.ts');
    return async (file: string) => savedResponse(createFiles(), { file, requestFile: null }, []);
  },
  'settings file': async () => {
    const { readSettingsFile } = await import('../../../infra/config/settings-file.ts');
    return (file: string) => readSettingsFile(file);
  },
  scanners: async () => {
    const { createScannerFiles } = await import('../../../infra/scanners/scanner-files.ts');
    const { createFiles } = await import('../../../infra/files/node-files.ts');
    return async (file: string) => {
      const read = await createScannerFiles(createFiles()).readScanners(dirname(file));
      for (const one of read.values()) if ('broken' in one) throw one.broken;
      return read;
    };
  },
} satisfies Readonly<Record<string, () => Promise<Read>>>;

export type ForeignReader = keyof typeof foreignReaders;
