import { type CategoryMap, readCategoryMap } from '../../domain/scan/category-map.ts';
import { comparedWithNumbers } from '../../domain/scan/number-columns.ts';
import { readResponse, responseError, type ScanResponse } from '../../domain/scan/response.ts';
import type { Scanner } from '../../domain/scan/scanner.ts';
import type { Json } from '../../domain/shared/canonical-json.ts';
import { jsonTooHeavy } from '../../domain/shared/json-weight.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { Files } from '../ports/ports.ts';

/** Errors: FileMissing, FileUnreadable, LimitExceeded; ScanResponseInvalid for what is no JSON. */
export async function readJson(files: Pick<Files, 'readText'>, file: string): Promise<Json> {
  const text = await files.readText(file, limits.scanFileBytesMax);
  const heavy = jsonTooHeavy(text);
  if (heavy !== null) throw responseError('response_not_json', heavy, file);
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw responseError('response_not_json', `not JSON: ${cause instanceof Error ? cause.message : ''}`, file);
  }
}

/** A saved response, and the request that was saved beside it. */
export interface SavedResponse {
  readonly file: string;
  readonly requestFile: string | null;
}

/** The columns of a request that was saved. Errors: ScanResponseInvalid. */
async function requestColumns(files: Pick<Files, 'readText'>, file: string | null): Promise<readonly string[] | null> {
  if (file === null) return null;
  const request = await readJson(files, file);
  const columns = request !== null && typeof request === 'object' && 'columns' in request ? request['columns'] : null;
  if (Array.isArray(columns) && columns.every((column) => typeof column === 'string')) return columns;
  throw responseError('columns_unknown', `the request has no list columns`, file, 'columns');
}

/** Errors: FileMissing, FileUnreadable, ScanResponseInvalid. */
export async function savedResponse(
  files: Pick<Files, 'readText'>,
  { file, requestFile }: SavedResponse,
  scanners: readonly Scanner[],
): Promise<ScanResponse> {
  const source = { file, requestColumns: await requestColumns(files, requestFile) };
  return readResponse(await readJson(files, file), source, scanners.flatMap(comparedWithNumbers));
}

/** Errors: FileMissing, FileUnreadable, CategoryMapInvalid, ScanResponseInvalid. */
export async function categoryMapIn(files: Pick<Files, 'readText'>, file: string | null): Promise<CategoryMap | null> {
  return file === null ? null : readCategoryMap(await readJson(files, file), file);
}
