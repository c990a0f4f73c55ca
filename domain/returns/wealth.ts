/**
 * What one unit has grown to: value * 2^(512 * scale), so that a stream near ruin neither underflows nor is rounded away as `1 + total`
 * would. The scale is 0 or negative; wealth beyond the range of numbers is infinite.
 */
export interface Wealth {
  readonly value: number;
  readonly scale: number;
}

/** 2^-512 and 2^512, exactly. */
const small = 7.458340731200207e-155;
const large = 1.3407807929942597e154;
const logarithmOfScale = 512 * Math.LN2;

export const unitWealth: Wealth = { value: 1, scale: 0 };

/** Wealth after one more simple return. */
export function grown({ value, scale }: Wealth, simpleReturn: number): Wealth {
  const next = value * (1 + simpleReturn);
  if (next < small) return { value: next * large, scale: scale - 1 };
  return scale < 0 && next >= 1 ? { value: next * small, scale: scale + 1 } : { value: next, scale };
}

export function wealthOf(values: Float64Array): Wealth {
  let wealth = unitWealth;
  for (const value of values) wealth = grown(wealth, value);
  return wealth;
}

/** The return since the beginning: -1 once the rest is below the last digit. */
export function totalReturnOf({ value, scale }: Wealth): number {
  return scale === 0 ? value - 1 : -1;
}

export function logWealthOf({ value, scale }: Wealth): number {
  return scale === 0 ? Math.log(value) : Math.log(value) + scale * logarithmOfScale;
}

/** One wealth over another, less 1: the return from the second to the first. */
export function returnBetween(from: Wealth, to: Wealth): number {
  const apart = to.scale - from.scale;
  if (apart === 0) return to.value / from.value - 1;
  return Math.expm1(logWealthOf(to) - logWealthOf(from));
}
