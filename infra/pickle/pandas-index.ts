import type { IsoDate } from '../../domain/returns/series.ts';
import { sessionDateOfText, sessionDateOfTicks, ticksPerDay, type TickUnit } from '../../domain/returns/session-date.ts';
import { refusePickle } from './byte-cursor.ts';
import { arrayOf, arrowTextsOf, attributeOf, bytesOf, isArray, ticksOf, type NumpyArray } from './numpy.ts';
import { describeValue, entryOf, isMade, isNode, itemsOf, originOf, type PickleValue } from './values.ts';
import { requireUtc } from './zones.ts';

/** Labels of an index: dates already understood, or the objects themselves. */
type Labels = { readonly dates: readonly IsoDate[] } | { readonly objects: readonly PickleValue[] };

function unitOf(unit: string | null, file: string): TickUnit {
  if (unit !== null && unit in ticksPerDay) return unit as TickUnit;
  return refusePickle(file, `dates counted in ${JSON.stringify(unit)} are not read`);
}

function dateOfTicks(ticks: bigint, unit: TickUnit, file: string): IsoDate {
  return (
    sessionDateOfTicks(ticks, unit) ??
    refusePickle(file, `an index entry (${ticks} ${unit} since 1970) is not a midnight in UTC: daily returns stand on dates`)
  );
}

function datesOfArray(array: NumpyArray, file: string): IsoDate[] {
  if (array.type !== 'M8' || array.shape.length !== 1)
    refusePickle(file, `an index of numpy type ${array.type} was found where dates were expected`);
  const unit = unitOf(array.unit, file);
  return Array.from(ticksOf(array), (ticks) => dateOfTicks(ticks, unit, file));
}

/** The array and dtype of a pandas extension array; pandas has written the pair in both orders. */
function partsOf(value: PickleValue, file: string): { readonly array: NumpyArray; readonly dtype: PickleValue | undefined } {
  const state = isNode(value, 'made') ? (itemsOf(value.state) ?? []) : [];
  const [first, second] = state;
  return isArray(first) ? { array: arrayOf(first, file), dtype: second } : { array: arrayOf(second, file), dtype: first };
}

function labelsOf(data: PickleValue | undefined, file: string): Labels {
  if (isArray(data)) {
    const array = arrayOf(data, file);
    if (array.type === 'M8') return { dates: datesOfArray(array, file) };
    if (!(array.data instanceof Uint8Array)) return { objects: array.data };
    if (array.type === 'i8') return { objects: [...ticksOf(array)] };
    return refusePickle(file, `an index of numpy type ${array.type} is not read`);
  }
  if (isMade(data, 'unpickleArray')) {
    const { array, dtype } = partsOf(data, file);
    const made = data.args[0];
    if (isNode(made, 'name') && made.name === 'DatetimeArray') {
      if (isMade(dtype, 'DatetimeTZDtype')) requireUtc(attributeOf(dtype, 'tz') ?? dtype.args[1], file);
      return { dates: datesOfArray(array, file) };
    }
    if (isNode(made, 'name') && made.name === 'StringArray' && !(array.data instanceof Uint8Array)) return { objects: array.data };
  }
  if (isMade(data, 'ArrowStringArray'))
    return { objects: arrowTextsOf(attributeOf(data, '_pa_array') ?? attributeOf(data, '_data'), file) };
  return refusePickle(file, `an index over ${describeValue(data)} is not read`, originOf(data));
}

function indexOf(value: PickleValue | undefined, file: string): Labels {
  if (isMade(value, 'newDatetimeIndex')) {
    requireUtc(entryOf(value.args[1], 'tz'), file);
    return labelsOf(entryOf(value.args[1], 'data'), file);
  }
  if (!isMade(value, 'newIndex')) return refusePickle(file, `an index was expected, and there is ${describeValue(value)}`, originOf(value));
  const [type, fields] = value.args;
  if (isNode(type, 'name') && type.name === 'RangeIndex') return refusePickle(file, 'the rows are numbered, not dated');
  return labelsOf(entryOf(fields, 'data'), file);
}

const resolutions: ReadonlyMap<PickleValue | undefined, TickUnit> = new Map<PickleValue | undefined, TickUnit>([
  [7, 's'],
  [8, 'ms'],
  [9, 'us'],
  [10, 'ns'],
]);

function dateOfFields(bytes: Uint8Array, file: string): IsoDate {
  const [high = 0, low = 0, month = 0, day = 0, ...time] = bytes;
  if (time.some((part) => part !== 0)) refusePickle(file, 'an index entry has a time of day: daily returns stand on dates');
  const text = `${String(high * 256 + low).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  return sessionDateOfText(text) ?? refusePickle(file, `an index entry is the impossible date ${text}`);
}

function dateOfObject(label: PickleValue, file: string): IsoDate {
  if (typeof label === 'string') {
    return (
      sessionDateOfText(label) ?? refusePickle(file, `the index entry ${JSON.stringify(label.slice(0, 40))} is not a date (yyyy-mm-dd)`)
    );
  }
  if (isMade(label, 'unpickleTimestamp', 'Timestamp')) {
    const [ticks, , zone, resolution] = label.args;
    requireUtc(zone, file);
    const unit = resolution === undefined ? 'ns' : resolutions.get(resolution);
    if (unit !== undefined && (typeof ticks === 'bigint' || Number.isSafeInteger(ticks)))
      return dateOfTicks(BigInt(ticks as bigint | number), unit, file);
  }
  if (isMade(label, 'date', 'datetime')) {
    requireUtc(label.args[1], file);
    return dateOfFields(bytesOf(label.args[0], file), file);
  }
  return refusePickle(file, `an index entry is ${describeValue(label)}, not a date`, originOf(label));
}

/** Dates of the rows: a DatetimeIndex without zone or in UTC, or an index of date texts, dates or Timestamps. */
export function datesOfIndex(value: PickleValue | undefined, file: string): IsoDate[] {
  const labels = indexOf(value, file);
  return 'dates' in labels ? [...labels.dates] : labels.objects.map((label) => dateOfObject(label, file));
}

/** Names of the columns: of an index of texts, numbers or dates, or of a range of numbers (a DataFrame made without names). */
export function columnNamesOfIndex(value: PickleValue | undefined, file: string): string[] {
  if (isMade(value, 'newIndex') && isNode(value.args[0], 'name') && value.args[0].name === 'RangeIndex') {
    const [start, stop, step] = ['start', 'stop', 'step'].map((key) => entryOf(value.args[1], key));
    if (start === 0 && step === 1 && typeof stop === 'number' && stop >= 0 && stop <= 10_000)
      return Array.from({ length: stop }, (_, index) => String(index));
    return refusePickle(file, 'the columns are numbered otherwise than from 0 in steps of 1');
  }
  const labels = indexOf(value, file);
  if ('dates' in labels) return [...labels.dates];
  // A name that is no text stands beside the numbers: its place names the column.
  return labels.objects.map((label, place) => {
    if (typeof label === 'string') return label;
    return typeof label === 'number' || typeof label === 'bigint' ? String(label) : `column ${place}`;
  });
}
