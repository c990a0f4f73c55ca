import { actingLeaves, type ConfigNote, configNotes } from '../../domain/scan/config-notes.ts';
import type { ConfigLeaf } from '../../domain/scan/merge.ts';
import { type LoadedScanner, loadScanner } from '../../domain/scan/scanner-set.ts';
import { readScanner } from '../../domain/scan/read-scanner.ts';
import { requestOf, type Scanner, type ScanRequest } from '../../domain/scan/scanner.ts';
import { configHashOf } from '../../domain/scan-record/facts.ts';
import type { JsonObject } from '../../domain/shared/canonical-json.ts';
import type { Ports } from '../ports/ports.ts';
import { recordedScan } from '../scans/recorded-scan.ts';

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

function shownConfig({ crypto }: Pick<Ports, 'crypto'>, { scanner, config }: LoadedScanner): ShownConfig {
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

/** The configuration that a recorded scan was made under. Errors: ScanNotRecorded. */
export async function recordedScanConfig(
  ports: Pick<Ports, 'store' | 'artifacts' | 'crypto'>,
  scanner: string,
  asOf: string | null,
): Promise<ShownConfig> {
  const { config } = await recordedScan(ports, scanner, { asOf, exact: false });
  const effective = { ...config, effective: config.effective as JsonObject };
  return shownConfig(ports, { scanner: readScanner(effective), config: effective });
}

/** The effective configuration of a scanner. Errors: FileMissing, ScannerUnknown, ScannerConfigInvalid and those of inheritance. */
export async function scanConfig(ports: Pick<Ports, 'scannerFiles' | 'crypto'>, folder: string, name: string): Promise<ShownConfig> {
  return shownConfig(ports, loadScanner(await ports.scannerFiles.readScanners(folder), name));
}
