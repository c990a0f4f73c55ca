/**
 * Numbers as people and their programs write them. Nothing depends on a locale: a text is read under a stated decimal mark, and where the
 * mark is not stated, the caller asks for both readings and refuses a text that has two.
 */

export type DecimalMark = '.' | ',';

const plainPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** As JSON and Python write a number: a point, no thousands separator. */
export function isPlainNumber(text: string): boolean {
  return plainPattern.test(text);
}

const exponent = '(?:[eE][+-]?\\d+)?';
/** Blanks and apostrophes separate thousands under either mark; they are no decimal mark anywhere. */
const neutralSeparators = " \u00a0\u2009\u202f'\u2019";

interface Patterns {
  readonly whole: RegExp;
  readonly grouped: RegExp;
}

function patternsFor(mark: '\\.' | ',', separator: '\\.' | ','): Patterns {
  return {
    whole: new RegExp(`^[+-]?(?:\\d+${mark}?\\d*|${mark}\\d+)${exponent}$`),
    grouped: new RegExp(`^[+-]?[1-9]\\d{0,2}([${separator}${neutralSeparators}])\\d{3}(?:\\1\\d{3})*(?:${mark}\\d*)?$`),
  };
}

const patterns: Readonly<Record<DecimalMark, Patterns>> = { '.': patternsFor('\\.', ','), ',': patternsFor(',', '\\.') };

/**
 * The number in plain form under a decimal mark; null when it is none. Thousands may be separated, by one separator throughout, in groups
 * of three. The minus sign of typesetters is a minus.
 */
export function plainNumber(written: string, mark: DecimalMark): string | null {
  const text = written.trim().replace('\u2212', '-');
  const { whole, grouped } = patterns[mark];
  const separator = grouped.exec(text)?.[1];
  if (separator === undefined && !whole.test(text)) return null;
  const joined = separator === undefined ? text : text.replaceAll(separator, '');
  return mark === '.' ? joined : joined.replace(',', '.');
}

/** The value under a decimal mark; NaN when the text is no number, or one beyond all doubles. */
export function numberUnder(written: string, mark: DecimalMark): number {
  const plain = plainNumber(written, mark);
  const value = plain === null ? Number.NaN : Number(plain);
  return Number.isFinite(value) ? value : Number.NaN;
}

/** A hundredth of a plain number, by moving its exponent: no rounding but that of the number itself. */
export function hundredthOf(plain: string): number {
  const [digits, power = '0'] = plain.split(/[eE]/);
  return Number(`${digits}e${Number(power) - 2}`);
}

/**
 * The value of a text whose decimal mark nobody stated: null where it is no number, or one value under a point and another under a comma.
 * A point with three digits behind it is such a text: `1.234` is a little over one, or more than a thousand.
 */
export function unambiguousNumber(written: string): number | null {
  const point = numberUnder(written, '.');
  const comma = numberUnder(written, ',');
  if (Number.isNaN(point)) return Number.isNaN(comma) ? null : comma;
  return Number.isNaN(comma) || comma === point ? point : null;
}

/** An amount that somebody types, with thousands separated in any way that can be read in one way only; `1_000_000` is one. */
export function typedAmount(written: string): number | null {
  const text = written.trim();
  return unambiguousNumber(/^\d{1,3}(?:_\d{3})+(?:\.\d+)?$/.test(text) ? text.replaceAll('_', '') : text);
}
