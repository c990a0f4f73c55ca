import { readFileSync } from 'node:fs';
import { expect } from '@jest/globals';

/** A worked example of selection and regimes, carried over from the reference: inputs beside the numbers of a second implementation. */
export function workedExample(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../golden/selection/${name}.json`, import.meta.url), 'utf8')) as unknown;
}

/** Holds the larger of the relative and the absolute gap to a tolerance; names the figure where it fails. */
export function expectClose(found: number, expected: number, tolerance: number, name = 'figure'): void {
  const gap = Object.is(found, expected) ? 0 : Math.abs(found - expected) / Math.max(1e-12, Math.abs(expected));
  expect({ name, found, expected, isClose: gap <= tolerance || Math.abs(found - expected) <= tolerance * 1e-3 }).toEqual({
    name,
    found,
    expected,
    isClose: true,
  });
}
