import type { IsoDate } from '../../domain/returns/series.ts';
import { sessionDateOfDay, sessionDateOfText, sessionDateOfTicks, type TickUnit } from '../../domain/returns/session-date.ts';
import type { Element } from './footer.ts';

/** A value as parquet stores it, before its logical type is looked at. */
export type Raw = number | bigint | boolean | Uint8Array;

const units: Readonly<Record<string, TickUnit>> = {
  TIMESTAMP_MILLIS: 'ms',
  TIMESTAMP_MICROS: 'us',
  MILLIS: 'ms',
  MICROS: 'us',
  NANOS: 'ns',
};

const utf8 = new TextDecoder();

/** A value for a refusal. */
export function shown(value: Raw): string {
  return (value instanceof Uint8Array ? utf8.decode(value) : String(value)).slice(0, 40);
}

/** How the stored values of a date column become dates; null when the column holds none. INT96 is what Spark writes. */
export function dateReader({ type, converted_type: converted, logical_type: logical }: Element): ((value: Raw) => IsoDate | null) | null {
  if (type === 'INT32' && (converted === 'DATE' || logical?.type === 'DATE')) return (value) => sessionDateOfDay(Number(value));
  if (type === 'BYTE_ARRAY') return (value) => (value instanceof Uint8Array ? sessionDateOfText(utf8.decode(value)) : null);
  const unit = type === 'INT96' ? 'ns' : logical?.type === 'TIMESTAMP' ? units[logical.unit ?? ''] : units[converted ?? ''];
  if (unit === undefined || (type !== 'INT64' && type !== 'INT96')) return null;
  return (value) => (typeof value === 'bigint' ? sessionDateOfTicks(value, unit) : null);
}

/** Integers without a sign: all bits count. */
export function isUnsigned({ converted_type: converted, logical_type: logical }: Element): boolean {
  return converted?.startsWith('UINT_') === true || (logical?.type === 'INTEGER' && logical.isSigned === false);
}

type NumberReader = (value: Raw) => number;

/** A double that stands for an integer which no double holds: never equal to a value of a file, and refused by whoever meets it. */
export class TooLarge extends RangeError {}

function exact(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new TooLarge(`the integer ${value} is beyond what a double holds`);
  return number;
}

function integerReader(element: Element): NumberReader {
  const bits = element.type === 'INT32' ? 32 : 64;
  if (isUnsigned(element)) return (value) => (typeof value === 'bigint' ? exact(BigInt.asUintN(bits, value)) : Number(value) >>> 0);
  return (value) => (typeof value === 'bigint' ? exact(value) : Number(value));
}

/** The two's complement of bytes, most significant first. */
function unscaledOf(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return BigInt.asIntN(8 * bytes.length, value);
}

/** Powers of ten that a double holds exactly. */
const exactPowersMax = 22;

/** The double nearest to a decimal: a quotient of two exact doubles is rounded once, a longer decimal by the parser of texts. */
function decimalReader({ scale, logical_type: logical }: Element): NumberReader {
  const places = scale ?? logical?.scale ?? 0;
  const divisor = Number(`1e${places}`);
  return (value) => {
    const unscaled = value instanceof Uint8Array ? unscaledOf(value) : BigInt(value);
    const number = Number(unscaled);
    return places <= exactPowersMax && Number.isSafeInteger(number) ? number / divisor : Number(`${unscaled}e-${places}`);
  };
}

/** Half precision: one bit of sign, five of exponent, ten of fraction. */
function halfOf(bytes: Uint8Array): number {
  const bits = bytes[0]! + 256 * bytes[1]!;
  const sign = bits >= 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  const steps = exponent === 0 ? fraction : (1024 + fraction) * (1 << (exponent - 1));
  return (sign * steps) / 16_777_216;
}

/** How the stored values of a column become numbers; null when it holds something else. */
export function numberReader(element: Element): NumberReader | null {
  const { type, converted_type: converted, logical_type: logical } = element;
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL') return decimalReader(element);
  if (logical?.type === 'FLOAT16') return element.type_length === 2 ? (value) => halfOf(value as Uint8Array) : null;
  if (type === 'DOUBLE' || type === 'FLOAT') return Number;
  if (type !== 'INT32' && type !== 'INT64') return null;
  const isInteger = (logical === undefined || logical.type === 'INTEGER') && !/^(?:DATE|TIME)/.test(converted ?? '');
  return isInteger ? integerReader(element) : null;
}
