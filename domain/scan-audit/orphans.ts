import type { ConfigFiles } from '../scan/config-file.ts';
import { chainOf, entryOf } from '../scan/inheritance.ts';
import { LedgerError } from '../shared/errors.ts';
import { byCodeUnits } from '../shared/order.ts';

export interface Orphans {
  readonly files: number;
  readonly reachable: number;
  /** Files that no scanner of the manifest reaches, bases among them. */
  readonly orphans: readonly string[];
  /** Scanners of the manifest that do not load. */
  readonly broken: readonly { readonly scanner: string; readonly code: string; readonly message: string }[];
}

/** Which files of the folder nobody uses. `scanners` are the paths that the manifest names. */
export function orphansOf(files: ConfigFiles, scanners: readonly string[]): Orphans {
  const reached = new Set<string>();
  const broken: { scanner: string; code: string; message: string }[] = [];
  for (const scanner of new Set(scanners)) {
    try {
      for (const { path } of chainOf(files, entryOf(files, scanner))) reached.add(path);
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      broken.push({ scanner, code: error.code, message: error.message });
      reachedBefore(files, scanner, reached);
    }
  }
  const orphans = [...files.keys()].filter((path) => !reached.has(path)).toSorted(byCodeUnits);
  return { files: files.size, reachable: reached.size, orphans, broken };
}

/** A file that is named and does not load is broken, not an orphan. */
function reachedBefore(files: ConfigFiles, scanner: string, reached: Set<string>): void {
  for (const path of [scanner, `${scanner}.yaml`, `${scanner}.yml`]) if (files.has(path)) reached.add(path);
}
