import type { JsonObject } from '../shared/canonical-json.ts';
import { LedgerError } from '../shared/errors.ts';

/** A file of the folder of scanners, parsed. `path` is relative to the folder, `/` separated. */
export type ConfigFile =
  | { readonly path: string; readonly tree: JsonObject }
  /** A file that is there and does not parse: it is refused when somebody asks for it. */
  | { readonly path: string; readonly broken: LedgerError };

/** Every file of the folder, by its path. */
export type ConfigFiles = ReadonlyMap<string, ConfigFile>;

/** What is wrong with a scanner file, in one word each. */
export type ConfigFault =
  | 'yaml'
  | 'yaml_duplicate_key'
  | 'merge_type'
  | 'unknown_key'
  | 'missing_key'
  | 'value_type'
  | 'category_not_text'
  | 'unknown_operation'
  | 'filter_value_type'
  | 'gate_type'
  | 'limit_type'
  | 'static_symbols';

/** A refusal of a scanner file: `fault` says what kind, `path` where, as in `filters[4].right`. */
export function configError(fault: ConfigFault, said: string, at: { file: string; path?: string; line?: number }): LedgerError {
  return new LedgerError('ScannerConfigInvalid', `${fault}: ${said}`, { evidence: { fault }, at });
}

/** A file name without its folder and its extension: by it people name a scanner. */
export function nameOfFile(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.ya?ml$/, '');
}
