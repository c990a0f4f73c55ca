import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import { readMetadata } from '../../domain/selection/read-metadata.ts';
import type { MetadataBySymbol } from '../../domain/selection/supply.ts';
import type { Json } from '../../domain/shared/canonical-json.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { jsonTooHeavy } from '../../domain/shared/json-weight.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { SymbolFiles } from '../../handlers/ports/ports.ts';
import { readRegularFile } from './regular-file.ts';

/** What a format makes of a file's bytes. */
export type MetadataParser = (bytes: Uint8Array, file: string) => MetadataBySymbol;

/**
 * Metadata of symbols from files, the format chosen by extension.
 * Errors: FileMissing, FileUnreadable, SupplyFileInvalid, LimitExceeded.
 */
export function createSymbolFiles(parsers: { readonly csv: MetadataParser; readonly json: MetadataParser }): SymbolFiles {
  const parserOf: ReadonlyMap<string, MetadataParser> = new Map([
    ['.csv', parsers.csv],
    ['.json', parsers.json],
  ]);
  return {
    readMetadata: async (file) => {
      const parse = parserOf.get(extname(file).toLowerCase());
      if (parse === undefined)
        throw new LedgerError('SupplyFileInvalid', `${file}: metadata are read from files that end in .csv or .json`, { at: { file } });
      // Text of this length is read here, as its cost is bounded by its length.
      const bytes = await readRegularFile(file, { shownAs: file, bytesMax: limits.textReadHereBytesMax, followLink: true });
      return { file, sha256: createHash('sha256').update(bytes).digest('hex'), symbols: parse(bytes, file) };
    },
  };
}

/** Errors: SupplyFileInvalid. */
export function parseJsonMetadata(bytes: Uint8Array, file: string): MetadataBySymbol {
  let content: Json;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const heavy = jsonTooHeavy(text);
    if (heavy !== null) throw new SyntaxError(heavy);
    content = JSON.parse(text) as Json;
  } catch (cause) {
    throw new LedgerError('SupplyFileInvalid', `${file}: not JSON: ${cause instanceof Error ? cause.message : ''}`, {
      at: { file },
      cause,
    });
  }
  return readMetadata(content, file);
}
