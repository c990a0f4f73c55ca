/** Series of charts are told apart by everybody: by those who confuse red and green, or blue and yellow, too. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { style } from '../../../presentation/report/html-style.ts';
import { projectRoot } from '../../support/cli.ts';

type Triple = readonly [number, number, number];

/** Full protanopia, deuteranopia and tritanopia in linear RGB: Machado, Oliveira and Fernandes 2009, severity 1.0. */
const kinds: Readonly<Record<string, readonly Triple[]>> = {
  'who sees all colours': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

const times = (matrix: readonly Triple[], [x, y, z]: Triple): Triple =>
  matrix.map(([a, b, c]) => a * x + b * y + c * z) as unknown as Triple;

function linear(hex: string): Triple {
  const parts = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
  return parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)) as unknown as Triple;
}

/** Ottosson 2020, times 100. */
function oklab(colour: Triple): Triple {
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    colour.map((part) => Math.min(1, Math.max(0, part))) as unknown as Triple,
  );
  return times(
    [
      [21.04542553, 79.3617785, -0.40720468],
      [197.79984951, -242.8592205, 45.05937099],
      [2.59040371, 78.27717662, -80.8675766],
    ],
    cones.map(Math.cbrt) as unknown as Triple,
  );
}

/** The least distance between two of the colours, for one kind of eye. */
function nearest(colours: readonly string[], matrix: readonly Triple[]): number {
  const seen = colours.map((colour) => oklab(times(matrix, linear(colour))));
  const pairs = seen.flatMap((one, at) => seen.slice(at + 1).map((other) => Math.hypot(...one.map((part, axis) => part - other[axis]!))));
  return Math.min(...pairs);
}

/** Contrast of WCAG 2. */
function contrast(left: string, right: string): number {
  const [dark, light] = [left, right]
    .map((colour) => linear(colour).reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at]!, 0))
    .toSorted((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}

/** A sheet that says both colours of a thing at once, with first all of the light ones and then all of the dark ones. */
function apart(css: string): string {
  const one = (at: number): string => css.replaceAll(/light-dark\(([^,()]+), ([^,()]+)\)/g, (_, ...both: string[]) => both[at]!);
  return css.includes('light-dark(') ? one(0) + one(1) : css;
}

/** Each palette of eight that a sheet has, in its order: light, dark. */
function palettesIn(css: string): readonly string[][] {
  const found = [...apart(css).matchAll(/--chart-([1-8]):\s*(#[0-9a-f]{6})/g)].map(([, , colour]) => colour!);
  const all = Array.from({ length: found.length / 8 }, (_, at) => found.slice(8 * at, 8 * at + 8));
  return [...new Set(all.map((palette) => palette.join()))].map((palette) => palette.split(','));
}

const sheet = readFileSync(join(projectRoot, 'web/src/style/colours.css'), 'utf8');
const palettes = palettesIn(sheet);
const [light, dark] = palettes;

describe('the colours of charts', () => {
  test('are one palette for light and one for dark, in the page as in the reports', () => {
    expect(palettes).toHaveLength(2);
    expect(palettesIn(style.replaceAll('\\\n', ''))).toEqual(palettes);
  });

  // 2 is what an eye can just tell apart side by side; lines cross, and stand far from their legend.
  test.each(Object.entries(kinds))('are far apart for %s: all eight, and the first five still further', (_, matrix) => {
    for (const palette of palettes) {
      expect(nearest(palette, matrix)).toBeGreaterThan(12);
      expect(nearest(palette.slice(0, 5), matrix)).toBeGreaterThan(16);
    }
  });

  test('stand out against what they are drawn on (WCAG 2.2, 1.4.11)', () => {
    expect(sheet).toContain('--panel: light-dark(#fff, #181d23);');
    for (const colour of light!) expect([colour, contrast(colour, '#ffffff') >= 3]).toEqual([colour, true]);
    for (const colour of dark!) expect([colour, contrast(colour, '#181d23') >= 3]).toEqual([colour, true]);
  });
});
