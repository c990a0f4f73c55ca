import type { Json, JsonObject } from '../shared/canonical-json.ts';
import { requiredColumns } from './columns.ts';
import { configError } from './config-file.ts';
import type { EffectiveConfig } from './inheritance.ts';
import { filtersAt, gateNumber, listAt, momentumAt, objectAt, requireKnownKeys, shown, textAt } from './read-filters.ts';
import type { ScanGates, Scanner, ScanSort } from './scanner.ts';

/** Keys of a scanner file, in the order of the reference; `base_preset` stands beside them and is not inherited. */
const scannerKeys = [
  'id',
  'export_symbol',
  'data_category',
  'markets',
  'static_mode',
  'static_missing',
  'symbols',
  'filters',
  'columns',
  'volume',
  'volatility',
  'trend',
  'sort_by',
  'base_universe_sort_by',
  'sort_order',
  'prefilter_limit',
  'final_sort_by',
  'final_sort_order',
  'limit',
] as const;

/** What an absent key means. They are shown with the origin `code`. */
export const codeDefaults = {
  '/static_mode': false,
  '/static_missing': 'list',
  '/sort_order': 'desc',
  '/final_sort_order': 'desc',
  '/trend/direction': 'long',
  '/trend/logic': 'AND',
} as const;

/** An id becomes part of the name of a stream; one of them is that of audits. */
const identifier = /^(?!audits$)[a-zA-Z0-9_-]+$/;
const listedSymbol = /^[A-Z0-9_]+:[^\s:]+$/;

function thresholdAt(trend: JsonObject, key: 'adx' | 'recommendation', file: string): number | null {
  if (trend[key] === undefined) return null;
  const path = `trend.${key}`;
  const gate = objectAt(trend[key], { file, path });
  requireKnownKeys(gate, ['enabled', 'min'], { file, path });
  const { enabled, min } = gate;
  if (typeof enabled !== 'boolean')
    throw configError('gate_type', `${path}.enabled ${shown(enabled)}: say true or false`, { file, path: `${path}.enabled` });
  if (min !== undefined) gateNumber(min, { file, path: `${path}.min` });
  return enabled ? gateNumber(min, { file, path: `${path}.min` }) : null;
}

/** The one number of a block such as `volume: {value_traded_min: 2000000}`; null where it is absent. */
function onlyNumberAt(value: Json | undefined, block: string, key: string, file: string): number | null {
  if (value === undefined) return null;
  const content = objectAt(value, { file, path: block });
  requireKnownKeys(content, [key], { file, path: block });
  return content[key] === undefined ? null : gateNumber(content[key], { file, path: `${block}.${key}` });
}

function oneOf<Choice extends string>(
  value: Json | undefined,
  choices: readonly Choice[],
  standard: Choice,
  file: string,
  path: string,
): Choice {
  if (value === undefined) return standard;
  const choice = choices.find((known) => known === value);
  if (choice === undefined) throw configError('value_type', `${path} ${shown(value)}: one of ${choices.join(', ')}`, { file, path });
  return choice;
}

function gatesAt(config: JsonObject, file: string): ScanGates {
  const trend = config['trend'] === undefined ? {} : objectAt(config['trend'], { file, path: 'trend' });
  requireKnownKeys(trend, ['direction', 'logic', 'adx', 'recommendation', 'momentum'], { file, path: 'trend' });
  const floor = onlyNumberAt(config['volume'], 'volume', 'value_traded_min', file);
  return {
    valueTradedMin: floor === 0 ? null : floor,
    volatilityMax: onlyNumberAt(config['volatility'], 'volatility', 'max', file),
    direction: oneOf(trend['direction'], ['long'], codeDefaults['/trend/direction'], file, 'trend.direction'),
    logic: oneOf(trend['logic'], ['AND', 'OR'], codeDefaults['/trend/logic'], file, 'trend.logic'),
    recommendationMin: thresholdAt(trend, 'recommendation', file),
    adxMin: thresholdAt(trend, 'adx', file),
    momentum: momentumAt(trend['momentum'], file),
  };
}

function limitAt(value: Json | undefined, file: string, path: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw configError('limit_type', `${path} ${shown(value)} is not a whole number above 0`, { file, path });
}

function symbolsAt(config: JsonObject, isStatic: boolean, file: string): readonly string[] {
  const symbols = listAt(config['symbols'], { file, path: 'symbols' });
  const bad = symbols.findIndex((symbol) => typeof symbol !== 'string' || !listedSymbol.test(symbol));
  if (bad >= 0)
    throw configError('static_symbols', `symbols[${bad}] ${shown(symbols[bad])} is not EXCHANGE:TICKER`, { file, path: `symbols[${bad}]` });
  if (isStatic === symbols.length > 0) return symbols as readonly string[];
  const why = isStatic
    ? 'symbols is empty: a static scanner lists its symbols'
    : 'symbols belong to a static scanner: static_mode is false';
  throw configError('static_symbols', why, { file, path: 'symbols' });
}

function sortAt(config: JsonObject, by: string, order: string, standard: 'asc' | 'desc', file: string): ScanSort | null {
  if (config[by] === undefined || config[by] === null) return null;
  return { column: textAt(config[by], { file, path: by }), order: oneOf(config[order], ['asc', 'desc'], standard, file, order) };
}

/** `base_universe_sort_by` is the origin's name of `sort_by`. */
function firstSort(config: JsonObject, file: string): ScanSort | null {
  const { sort_by: named, base_universe_sort_by: older } = config;
  if (named !== undefined && older !== undefined)
    throw configError('value_type', 'sort_by and base_universe_sort_by are one setting: write one of them', { file, path: 'sort_by' });
  return sortAt(config, older === undefined ? 'sort_by' : 'base_universe_sort_by', 'sort_order', codeDefaults['/sort_order'], file);
}

/** What a dynamic scanner cannot do without: its order, and where the cut is made. */
function fetchAt(config: JsonObject, isStatic: boolean, file: string): Pick<Scanner, 'sort' | 'prefilterLimit'> {
  if (isStatic) return { sort: null, prefilterLimit: null };
  const sort = firstSort(config, file);
  if (sort === null)
    throw configError('missing_key', 'sort_by: a dynamic scanner says by what its rows are cut', { file, path: 'sort_by' });
  return { sort, prefilterLimit: limitAt(config['prefilter_limit'], file, 'prefilter_limit') };
}

function columnsAt(config: JsonObject, file: string): readonly string[] {
  const written = listAt(config['columns'], { file, path: 'columns' }).map((column, index) =>
    textAt(column, { file, path: `columns[${index}]` }),
  );
  return [...new Set([...requiredColumns, ...written])];
}

/** Reads an effective configuration as a scanner. Errors: ScannerConfigInvalid with the file of the scanner and the path. */
export function readScanner({ effective: config, entry: file }: Pick<EffectiveConfig, 'effective' | 'entry'>): Scanner {
  requireKnownKeys(config, scannerKeys, { file, path: '' });
  const id = textAt(config['id'], { file, path: 'id' });
  if (!identifier.test(id))
    throw configError('value_type', `id ${shown(id)}: letters, digits, _ and - only, and not audits`, { file, path: 'id' });
  const { static_mode: mode } = config;
  if (mode !== undefined && typeof mode !== 'boolean')
    throw configError('value_type', `static_mode ${shown(mode)}: true or false`, { file, path: 'static_mode' });
  const isStatic = mode ?? codeDefaults['/static_mode'];
  return {
    id,
    exportSymbol: config['export_symbol'] === undefined ? id : textAt(config['export_symbol'], { file, path: 'export_symbol' }),
    dataCategory: textAt(config['data_category'], { file, path: 'data_category' }),
    markets: listAt(config['markets'], { file, path: 'markets' }).map((market, index) =>
      textAt(market, { file, path: `markets[${index}]` }),
    ),
    isStatic,
    staticMissing: oneOf(config['static_missing'], ['list', 'include'], codeDefaults['/static_missing'], file, 'static_missing'),
    symbols: symbolsAt(config, isStatic, file),
    filters: filtersAt(config['filters'], file),
    columns: columnsAt(config, file),
    gates: gatesAt(config, file),
    ...fetchAt(config, isStatic, file),
    finalSort: sortAt(config, 'final_sort_by', 'final_sort_order', codeDefaults['/final_sort_order'], file),
    limit: limitAt(config['limit'], file, 'limit'),
  };
}
