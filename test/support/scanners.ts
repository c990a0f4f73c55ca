import type { ConfigFile, ConfigFiles } from '../../domain/scan/config-file.ts';
import { effectiveConfig, entryOf } from '../../domain/scan/inheritance.ts';
import { comparedWithNumbers } from '../../domain/scan/number-columns.ts';
import { readScanner } from '../../domain/scan/read-scanner.ts';
import { readResponse, type ScanResponse } from '../../domain/scan/response.ts';
import { scan } from '../../domain/scan/scan.ts';
import type { ScanResult } from '../../domain/scan/scan-result.ts';
import type { Scanner } from '../../domain/scan/scanner.ts';
import type { Json, JsonObject } from '../../domain/shared/canonical-json.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { yamlTree } from '../../infra/scanners/yaml-tree.ts';
import { readFileSync } from 'node:fs';
import { filesBelow } from './files-below.ts';

/** A folder of scanners given as texts by path. */
export function configFiles(texts: Readonly<Record<string, string>>): ConfigFiles {
  return new Map(
    Object.entries(texts).map(([path, text]): [string, ConfigFile] => {
      try {
        return [path, { path, tree: yamlTree(text, path) }];
      } catch (error) {
        if (error instanceof LedgerError) return [path, { path, broken: error }];
        throw error;
      }
    }),
  );
}

const root = 'examples/scanners';

/** The scanners that are shipped. */
export function shippedFiles(): ConfigFiles {
  const paths = filesBelow([root], '.yaml');
  return configFiles(Object.fromEntries(paths.map((path) => [path.slice(root.length + 1), readFileSync(path, 'utf8')])));
}

export function shippedScanner(name: string): Scanner {
  const files = shippedFiles();
  return readScanner(effectiveConfig(files, entryOf(files, name)));
}

/** A scanner of one tree, for what the shipped ones do not have. */
export function scannerOf(tree: JsonObject): Scanner {
  return readScanner({ effective: { data_category: 'test', ...tree }, entry: 'test.yaml' });
}

export function responseOf(content: Json, scanner: Scanner | null = null, requestColumns: readonly string[] | null = null): ScanResponse {
  return readResponse(content, { file: 'response.json', requestColumns }, scanner === null ? [] : comparedWithNumbers(scanner));
}

export function scanOf(scanner: Scanner, content: Json): ScanResult {
  return scan(scanner, responseOf(content, scanner));
}
