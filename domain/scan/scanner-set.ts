import { LedgerError } from '../shared/errors.ts';
import { byCodeUnits } from '../shared/order.ts';
import type { ConfigFiles } from './config-file.ts';
import { type EffectiveConfig, effectiveConfig, entryOf } from './inheritance.ts';
import { readScanner } from './read-scanner.ts';
import type { Scanner } from './scanner.ts';

/** A scanner with the configuration that it was read from. */
export interface LoadedScanner {
  readonly scanner: Scanner;
  readonly config: EffectiveConfig;
}

/** A scanner by its id, its name or its path. Errors: ScannerUnknown, ScannerConfigInvalid and those of inheritance. */
export function loadScanner(files: ConfigFiles, name: string): LoadedScanner {
  const config = effectiveConfig(files, entryOf(files, name));
  return { scanner: readScanner(config), config };
}

/**
 * Every scanner of the folder, by path: a file with an id, of its own or inherited. A file that does not parse is refused, for nobody knows
 * what it would be. Errors: those of `loadScanner`; ScannerConfigInvalid where two have one id.
 */
export function allScanners(files: ConfigFiles): readonly LoadedScanner[] {
  const entries = [...files.keys()].toSorted(byCodeUnits).filter((path) => 'id' in effectiveConfig(files, path).effective);
  return distinctScanners(entries.map((path) => loadScanner(files, path)));
}

/** The scanners in the order of their names, each once. Errors: those of `loadScanner`; ScannerConfigInvalid where two have one id. */
export function namedScanners(files: ConfigFiles, names: readonly string[]): readonly LoadedScanner[] {
  const entries = [...new Set(names.map((name) => entryOf(files, name)))];
  return distinctScanners(entries.map((path) => loadScanner(files, path)));
}

function distinctScanners(loaded: readonly LoadedScanner[]): readonly LoadedScanner[] {
  const byId = new Map<string, LoadedScanner>();
  for (const one of loaded) {
    const other = byId.get(one.scanner.id);
    if (other !== undefined)
      throw new LedgerError('ScannerConfigInvalid', `${one.config.entry} and ${other.config.entry} have one id, ${one.scanner.id}`, {
        evidence: { fault: 'id_twice' },
        at: { file: one.config.entry, path: 'id' },
      });
    byId.set(one.scanner.id, one);
  }
  return loaded;
}
