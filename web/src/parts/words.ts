/** Numbers and times as they are written here: the same in every locale, with their units. */

export const minus = '\u2212';

const signed = (text: string): string => (/^-0(?:\.0*)?$/.test(text) ? text.slice(1) : text.replace(/^-/, minus));

/** Thousands are set apart by a narrow blank. */
function grouped(text: string): string {
  const [whole = '', rest] = text.split('.');
  const apart = whole.replaceAll(/\B(?=(?:\d{3})+(?!\d))/g, '\u202f');
  return rest === undefined ? apart : `${apart}.${rest}`;
}

export function percent(fraction: number | null | undefined, digits = 2): string {
  return fraction === null || fraction === undefined ? 'none' : `${signed((fraction * 100).toFixed(digits))}\u00a0%`;
}

/** A change between two weights: always with its sign. */
export function change(fraction: number, digits = 2): string {
  const text = percent(fraction, digits);
  return fraction > 0 && !/^0(?:\.0*)?\u00a0/.test(text) ? `+${text}` : text;
}

export function decimal(value: number | null | undefined, digits = 4): string {
  return value === null || value === undefined ? 'none' : signed(grouped(value.toFixed(digits)));
}

export function count(value: number): string {
  return signed(grouped(String(value)));
}

export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** An instant to the second, in UTC. */
export function instant(text: string): string {
  return `${text.slice(0, 19).replace('T', ' ')} UTC`;
}

export function bytes(value: number): string {
  return `${count(value)} B`;
}

/** A message of the ledger, with its fractions below one to four digits that count. */
export function shortened(message: string): string {
  return message.replaceAll(/\b0\.\d{5,}/g, (number) => String(Number(Number(number).toPrecision(4))));
}

/** A word of the ledger for people: `parity_rejected` as `parity rejected`. */
export function plain(text: string): string {
  return text.replaceAll('_', ' ').toLowerCase();
}

/** The name of an event in words: `AllocationPublished` as `allocation published`. */
export function eventWords(type: string): string {
  return type.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}
