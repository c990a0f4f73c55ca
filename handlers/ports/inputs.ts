/** Files, tables and archives. */
import type { PriceFile } from '../../domain/returns/price-file.ts';
import type { MetadataFile } from '../../domain/allocation/sleeve/given-supply.ts';
import type { ConfigFiles } from '../../domain/scan/config-file.ts';
import type { CsvAsked, CsvReading } from '../../domain/shared/csv-reading.ts';
import type { ReturnSeries } from '../../domain/returns/series.ts';
import type { TableIndex } from '../../domain/shared/table-formats.ts';

export interface PriceSource {
  /**
   * Reads a CSV or parquet file of daily closes, each symbol in its one spelling. What is asked concerns CSV. Errors: FileMissing,
   * PriceFileUnreadable (with file, line, column), SymbolTwice.
   */
  readPrices(file: string, asked?: CsvAsked): Promise<PriceFile>;
}

/** What is said of symbols beside their prices. */
export interface SymbolFiles {
  /** Errors: FileMissing, FileUnreadable, SupplyFileInvalid (with file, line, column), LimitExceeded. */
  readMetadata(file: string): Promise<MetadataFile>;
}

export interface ReturnsFile {
  readonly file: string;
  readonly sha256: string;
  readonly series: ReturnSeries;
  readonly format: 'pickle' | 'parquet' | 'csv';
}

/** A series, and how the text that held it was read; left out for the plain way. */
export type ReadSeries = ReturnSeries & { readonly reading?: CsvReading };

/** Bytes of a return file as one series; `file` is named in refusals. Pure. Errors: ReturnsFileUnreadable, PickleRefused, LimitExceeded. */
export type ReturnsParser = (bytes: Uint8Array, file: string) => ReturnSeries | Promise<ReturnSeries>;

/** The same of separated text, read as asked. */
export type CsvReturnsParser = (bytes: Uint8Array, file: string, asked?: CsvAsked) => ReadSeries | Promise<ReadSeries>;

/** By format: an import reads files with them, replay the same bytes kept as artifacts. */
export type ReturnsParsers = Readonly<Record<Exclude<ReturnsFile['format'], 'csv'>, ReturnsParser>> & { readonly csv: CsvReturnsParser };

export interface RunDirectoryEntry {
  /** Path relative to the root, `/` separated. */
  readonly path: string;
  readonly bytes: number;
}

/** A directory that is only ever read inside its own root. */
export interface RunDirectory {
  readonly root: string;
  list(): Promise<readonly RunDirectoryEntry[]>;
  /** Errors: PathOutsideRoot, FileMissing, LimitExceeded. */
  readBytes(path: string): Promise<Uint8Array>;
  readReturns(path: string): Promise<ReturnsFile>;
}

/** A directory that may hold a run. */
export interface RunDirectoryCandidate {
  readonly name: string;
  /** Another one once the directory was replaced, or something directly in it added or taken away. */
  readonly mark: string;
}

export interface RunDirectories {
  open(root: string): Promise<RunDirectory>;
  /** Opens one directly below a folder, unless a link stands in its place. Errors: PathOutsideRoot and those of `open`. */
  openBelow(folder: string, name: string): Promise<RunDirectory>;
  /**
   * Directories directly below a folder, in code-unit order of their names; links and hidden ones are left out. Errors: FileMissing,
   * LimitExceeded.
   */
  below(folder: string): Promise<readonly RunDirectoryCandidate[]>;
}

export interface TableColumn {
  readonly name: string;
  readonly values: Float64Array;
}

/** Tables of numbers as files; NaN is a missing cell. */
export interface TableFiles {
  /** Format by extension, one of `tableFormats`; written beside and renamed. */
  writeTable(file: string, index: TableIndex, columns: readonly TableColumn[]): Promise<{ readonly sha256: string }>;
}

/** Files and folders of one ledger beside what it records: no output goes there. */
export interface KeptPlaces {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

export interface WritingOptions {
  /** As in chmod. */
  readonly mode?: number;
  /** Leaves a file that is there, or appears meanwhile, as it is. */
  readonly keepExisting?: boolean;
  /** The ledger writes a file of its own, and may put it in the place of an older one. */
  readonly own?: 'key' | 'checkpoint';
}

export interface Files {
  /** Of at most `bytesMax`, by default `limits.textFileBytesMax`. Errors: FileMissing, FileUnreadable, LimitExceeded. */
  readText(file: string, bytesMax?: number): Promise<string>;
  readBytes(file: string): Promise<Uint8Array>;
  /** A file too large to hold, piece by piece. Errors: FileMissing, FileUnreadable, LimitExceeded when it has more than `bytesMax`. */
  readPieces(file: string, bytesMax: number): AsyncIterable<Uint8Array>;
  exists(file: string): Promise<boolean>;
  /** When it was last written, in UTC; null when there is none. */
  writtenAt(file: string): Promise<string | null>;
  list(directory: string): Promise<readonly string[]>;
  /** With every folder above it; one that is there is left as it is. Errors: OutputProtected. */
  makeFolder(directory: string): Promise<void>;
  /** Names the disk that holds a file or folder. */
  volumeOf(path: string): Promise<string>;
  /** A path that means the same from everywhere: as it is meant in the folder of `beside`, or else in the working folder. */
  absolute(path: string, beside?: string): string;
  /**
   * Refuses a name to write to that stands for what a ledger cannot lose, told by content, inode and path: a store, a log of one, a key, a
   * checkpoint, an answer of the cache, an artifact; and a file that is there, unless files are replaced on request.
   *
   * Errors: OutputProtected, OutputExists, OutputNotAFile.
   */
  checkOutput(path: string): Promise<void>;
  /**
   * Whole or not at all: written to a sibling, flushed, and given its name. Errors: OutputProtected and OutputExists, as `checkOutput`,
   * OutputNotAFile.
   */
  writeWhole(file: string, content: string | Uint8Array | AsyncIterable<Uint8Array>, options?: WritingOptions): Promise<void>;
  /**
   * A folder, whole or not at all: `fill` writes into one beside it, which is given the name when all is there. Errors: OutputExists for a
   * name that is taken, and those of `fill`.
   */
  writeFolder(directory: string, fill: (folder: string) => Promise<void>): Promise<void>;
}

/** A folder of scanner configurations. */
export interface ScannerFiles {
  /** Every YAML file below it. Errors: FileMissing, FileUnreadable, LimitExceeded; what does not parse is told in the file. */
  readScanners(root: string): Promise<ConfigFiles>;
}

/** What came of one request: an answer of any status, or none. */
export type Posted =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfterSeconds: number | null; readonly text: string }
  | { readonly kind: 'failed'; readonly because: 'timeout' | 'closed' };

/** A server of the scan protocol, asked over HTTP. */
export interface ScanServer {
  /** Errors: Usage for what is no http or https address; LimitExceeded for a body that is too large. */
  post(url: string, body: string, timeoutMs: number): Promise<Posted>;
  wait(seconds: number, signal: AbortSignal): Promise<void>;
}

/** Files that come with the program, by their path in the package. Errors: FileMissing. */
export interface PackageFiles {
  /** What the build wrote into its folder; null for code that is run from its source, where nothing is built. Errors: FileMissing. */
  built(path: string): Promise<Uint8Array | null>;
  read(path: string): Promise<Uint8Array>;
}

export interface ArchiveEntry {
  /** Relative, `/` separated. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface OpenedArchive {
  /** Of every file in it. */
  readonly paths: readonly string[];
  /** What a file unpacks to. */
  bytesOf(path: string): number;
  /** Errors: ArchiveInvalid when the content does not unpack or match its checksum. */
  read(path: string): Uint8Array;
}

/** ZIP archives: the same entries give the same bytes on any day, in any zone. */
export interface Archives {
  /** One entry in memory at a time; paths must ascend in code-unit order. */
  zip(entries: AsyncIterable<ArchiveEntry>): AsyncIterable<Uint8Array>;
  /** Errors: ArchiveInvalid for what is no ZIP, or one that two readers could read in two ways. */
  open(bytes: Uint8Array): Promise<OpenedArchive>;
}
