import { LedgerError } from '../../domain/shared/errors.ts';
import type { NumberByName } from '../../domain/combine/request.ts';
import type { AssetCovariance, SleeveReturns } from '../../domain/combine/planned-schemas.ts';
import { parseDay } from '../../domain/returns/days.ts';
import { isObject } from '../../domain/manifest/values.ts';
import type { Json } from '../../domain/shared/canonical-json.ts';
import { parseStrictJson } from '../../handlers/messages/strict-json.ts';
import type { NamedTable } from '../ports/ports.ts';
import { csvAsked } from './csv-flags.ts';
import type { FlagValues, VerbContext } from './verb.ts';

/** Files of a combination: CSV with names in the first column and above the others, or JSON objects. */

type Context = Pick<VerbContext, 'tools' | 'presentation'>;

function refuse(file: string, why: string, path?: string): never {
  throw new LedgerError('PositionsFileUnreadable', `${file}${path === undefined ? '' : `, ${path}`}: ${why}`, {
    evidence: path === undefined ? {} : { path },
    at: { file, ...(path === undefined ? {} : { path }) },
  });
}

async function jsonIn({ tools }: Context, file: string): Promise<Json> {
  const bytes = await tools.files.readBytes(file);
  try {
    return parseStrictJson(bytes);
  } catch (error) {
    if (error instanceof LedgerError && error.code === 'MessageInvalid') return refuse(file, error.message, error.at.path);
    throw error;
  }
}

async function tableIn({ tools, presentation }: Context, flags: FlagValues, file: string): Promise<NamedTable> {
  const { namedTables } = await presentation();
  return namedTables(await tools.files.readBytes(file), file, csvAsked(flags));
}

const isJson = (file: string): boolean => file.toLowerCase().endsWith('.json');

function numbersByName(value: Json, file: string, path: string): NumberByName {
  if (!isObject(value)) return refuse(file, 'an object of numbers by name is wanted', path);
  for (const [name, number] of Object.entries(value))
    if (typeof number !== 'number') return refuse(file, `${JSON.stringify(number).slice(0, 80)} is not a number`, `${path}.${name}`);
  return value as NumberByName;
}

/** A column without its empty cells. */
const columnOf = ({ rows, values }: NamedTable, column: number): NumberByName =>
  Object.fromEntries(rows.flatMap((row, at) => (Number.isNaN(values[column]![at]!) ? [] : [[row, values[column]![at]!]])));

/** Positions by sleeve and asset. Errors: PositionsFileUnreadable, LimitExceeded, those of reading. */
export async function positionsIn(context: Context, flags: FlagValues, file: string): Promise<Readonly<Record<string, NumberByName>>> {
  if (isJson(file)) {
    const value = await jsonIn(context, file);
    if (!isObject(value)) return refuse(file, 'an object of sleeves is wanted: {"tsmom": {"ES": 0.8}}');
    return Object.fromEntries(Object.entries(value).map(([sleeve, own]) => [sleeve, numbersByName(own, file, sleeve)]));
  }
  const table = await tableIn(context, flags, file);
  return Object.fromEntries(table.columns.map((sleeve, column) => [sleeve, columnOf(table, column)]));
}

/** Numbers by name: previous weights by asset, budgets by sleeve. Errors: as above. */
export async function numbersIn(context: Context, flags: FlagValues, file: string): Promise<NumberByName> {
  if (isJson(file)) return numbersByName(await jsonIn(context, file), file, 'top');
  const table = await tableIn(context, flags, file);
  if (table.columns.length > 1) return refuse(file, `one column of numbers is wanted behind the names, there are ${table.columns.length}`);
  return columnOf(table, 0);
}

/** Rows of a table that has no empty cell. */
function fullRows({ rows, columns, values }: NamedTable, file: string): number[][] {
  return rows.map((row, at) =>
    columns.map((name, column) => {
      const value = values[column]![at]!;
      return Number.isNaN(value) ? refuse(file, 'the cell is empty', `${row}, ${name}`) : value;
    }),
  );
}

/** The covariance of the assets: the same names above and at the side, in one order. Errors: as above. */
export async function covarianceIn(context: Context, flags: FlagValues, file: string): Promise<AssetCovariance> {
  const table = await tableIn(context, flags, file);
  if (table.rows.length !== table.columns.length || table.rows.some((row, at) => row !== table.columns[at]))
    return refuse(file, 'the names at the side are not those above, in their order');
  return { assets: [...table.rows], covariance: fullRows(table, file) };
}

/** Returns of the sleeves by date. Errors: as above. */
export async function sleeveReturnsIn(
  context: Context,
  flags: FlagValues,
  file: string,
  annualisationDays: number,
): Promise<SleeveReturns> {
  const table = await tableIn(context, flags, file);
  for (const [at, date] of table.rows.entries()) {
    if (parseDay(date) === null) return refuse(file, 'not a date such as 2023-08-31', date);
    if (at > 0 && date <= table.rows[at - 1]!) return refuse(file, 'dates must ascend', date);
  }
  return { dates: [...table.rows], sleeves: [...table.columns], returns: fullRows(table, file), annualisationDays };
}
