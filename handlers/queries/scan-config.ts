import { actingLeaves, type ConfigNote, configNotes } from '../../domain/scan/config-notes.ts';
import type { ConfigLeaf } from '../../domain/scan/merge.ts';
import { loadScanner } from '../../domain/scan/scanner-set.ts';
import { requestOf, type Scanner, type ScanRequest } from '../../domain/scan/scanner.ts';
import { configHashOf } from '../../domain/scan-record/facts.ts';
import type { JsonObject } from '../../domain/shared/canonical-json.ts';
import type { Ports } from '../ports/ports.ts';

export interface ShownConfig {
  readonly scanner: Scanner;
  /** Base first. */
  readonly files: readonly string[];
  readonly effective: JsonObject;
  readonly configHash: string;
  /** Every leaf that acts, with the file that it is of; `code` for what this program adds. */
  readonly leaves: readonly ConfigLeaf[];
  readonly notes: readonly ConfigNote[];
  readonly request: ScanRequest;
}

/** The effective configuration of a scanner. Errors: FileMissing, ScannerUnknown, ScannerConfigInvalid and those of inheritance. */
export async function scanConfig(
  { scannerFiles, crypto }: Pick<Ports, 'scannerFiles' | 'crypto'>,
  folder: string,
  name: string,
): Promise<ShownConfig> {
  const { scanner, config } = loadScanner(await scannerFiles.readScanners(folder), name);
  return {
    scanner,
    files: config.files,
    effective: config.effective,
    configHash: configHashOf(crypto.sha256, config),
    leaves: actingLeaves(scanner, config),
    notes: configNotes(scanner, config),
    request: requestOf(scanner),
  };
}
