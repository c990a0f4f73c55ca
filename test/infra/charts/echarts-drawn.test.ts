/** Whole drawings, against where each line, area, rule and word belongs on a sheet of 400 by 200 pixels, reckoned by hand. */
import { describe, expect, test } from '@jest/globals';
import { createCharts } from '../../../infra/charts/echarts.ts';
import type { BarChart, LineChart, StackChart } from '../../../presentation/ports/ports.ts';

const charts = createCharts();
const sheet = { id: 'sheet', width: 400, height: 200 } as const;
const dates = ['2023-01-03', '2023-01-04', '2023-01-05'];

interface Drawn {
  /** Lines in the colour of the rules, as `x1 y1 x2 y2`, each once. */
  readonly rules: readonly string[];
  /** Lines of series: colour, width, points. */
  readonly lines: readonly (readonly [colour: string, width: string, points: string])[];
  /** Filled areas of series: colour, opacity, path. */
  readonly areas: readonly (readonly [colour: string, opacity: string, path: string])[];
  /** Words with where they stand and at which of their ends. */
  readonly words: readonly string[];
  /** Elements that are none of these. */
  readonly others: readonly string[];
}

const attribute = (element: string, name: string): string => new RegExp(` ${name}="([^"]*)"`).exec(element)?.[1] ?? '';

function read(svg: string): Drawn {
  const rules = new Set<string>();
  const [lines, areas, words, others]: [Drawn['lines'][number][], Drawn['areas'][number][], string[], string[]] = [[], [], [], []];
  for (const [element] of svg.matchAll(/<(?:path|text|rect|circle|polyline|image)[^>]*>(?:[^<]*<\/text>)?/g)) {
    const [d, stroke, fill] = ['d', 'stroke', 'fill'].map((name) => attribute(element, name)) as [string, string, string];
    if (element.startsWith('<text')) {
      const text = /^[^>]*>([^<]*)</.exec(element)![1]!;
      words.push(`${text} ${attribute(element, 'text-anchor')} ${attribute(element, 'transform')} ${fill}`);
    } else if (stroke === 'var(--chart-rule)') rules.add(d.replaceAll(/[ML]/g, ' ').trim());
    else if (stroke !== '') lines.push([stroke, attribute(element, 'stroke-width'), d]);
    else if (fill.startsWith('var(--chart-')) areas.push([fill, attribute(element, 'fill-opacity'), d]);
    else if (fill !== '#000' && fill !== 'none') others.push(element);
  }
  return { rules: [...rules], lines, areas, words, others };
}

const level = (y: number, left: number, right = 386): string => `${left} ${y} ${right} ${y}`;
const upright = (x: number): string => `${x} 6 ${x} 174`;
const ink = 'var(--chart-ink)';
const left = (text: string, x: number, y: number): string => `${text} end translate(${x} ${y}) ${ink}`;
const under = (text: string, x: number, anchor = 'middle', y = 182): string => `${text} ${anchor} translate(${x} ${y}) ${ink}`;
const ends = (x: number): string[] => [under('2023-01-03', x, 'start', 180), under('2023-01-05', 386, 'end', 180)];
/** Of five equal steps upwards between the lower edge of the plot and the upper one. */
const heights = [172, 140, 108, 76, 44, 12];

const line: LineChart = {
  ...sheet,
  dates,
  unit: 'ratio',
  scale: 'even',
  series: [
    { name: 'low', values: [1, 1.1, 1.2], emphasised: false },
    { name: 'high', values: [1, 1.5, 2], emphasised: true },
  ],
};
const stack: StackChart = {
  ...sheet,
  dates,
  series: [
    { name: 'a', values: [0.25, 0.5, 0.5] },
    { name: 'b', values: [0.75, 0.5, 0.5] },
  ],
};
const bar: BarChart = {
  ...sheet,
  categories: ['hrp', 'market'],
  series: [
    { name: 'a', values: [0.25, 0.5] },
    { name: 'b', values: [0.75, 0.5] },
  ],
};

describe('a chart of lines', () => {
  test('has its rules and numbers at the left, the first date and the last below, and the emphasised line twice as wide', async () => {
    expect(read(await charts.lineChart(line))).toEqual({
      rules: heights.map((y) => level(y + 0.5, 46)),
      lines: [
        // 160 pixels from 1 to 2.
        ['var(--chart-1)', '1.5', 'M46 172L216 156L386 140'],
        ['var(--chart-2)', '3', 'M46 172L216 92L386 12'],
      ],
      areas: [],
      words: [...['1.00', '1.20', '1.40', '1.60', '1.80', '2.00'].map((text, at) => left(text, 38, heights[at]!)), ...ends(46)],
      others: [],
    });
  });

  test('of percent has more room at the left, and writes percent', async () => {
    const { lines, words, rules } = read(await charts.lineChart({ ...line, unit: 'percent' }));
    expect(lines.map(([, , points]) => points)).toEqual(['M58 172L222 156L386 140', 'M58 172L222 92L386 12']);
    expect(words).toEqual([
      ...['100 %', '120 %', '140 %', '160 %', '180 %', '200 %'].map((text, at) => left(text, 50, heights[at]!)),
      ...ends(58),
    ]);
    expect(rules).toEqual(heights.map((y) => level(y + 0.5, 58)));
  });

  test('writes tenths of a percent, and no more', async () => {
    const series = [{ name: 'a', values: [0.001, 0.0015, 0.002], emphasised: false }];
    const { words } = read(await charts.lineChart({ ...line, unit: 'percent', series }));
    expect(words.slice(0, 6).map((text) => text.split(' end ')[0])).toEqual(['0.1 %', '0.1 %', '0.1 %', '0.2 %', '0.2 %', '0.2 %']);
  });

  test('of doublings has equal distances for equal factors', async () => {
    const series = [{ name: 'a', values: [1, 2, 4], emphasised: false }];
    const { lines, words } = read(await charts.lineChart({ ...line, scale: 'doubling', series }));
    expect(lines).toEqual([['var(--chart-1)', '1.5', 'M46 172L216 92L386 12']]);
    expect(words.slice(0, 3)).toEqual([left('1.00', 38, 172), left('2.00', 38, 92), left('4.00', 38, 12)]);
  });

  test('of two dates has both below', async () => {
    const series = [{ name: 'a', values: [1, 2], emphasised: false }];
    const { words } = read(await charts.lineChart({ ...line, dates: ['2023-01-03', '2023-01-05'], series }));
    expect(words.slice(-2)).toEqual(ends(46));
  });

  test('is broken where a value is missing, and a long one is drawn across what it leaves out', async () => {
    const values = [1, 1.5, null, 1.5, 2];
    const broken = { ...line, dates: [...dates, '2023-01-06', '2023-01-09'], series: [{ name: 'gap', values, emphasised: false }] };
    expect(read(await charts.lineChart(broken)).lines).toEqual([['var(--chart-1)', '1.5', 'M46 172L131 92M301 92L386 12']]);
    const rows = Array.from({ length: 300 }, (_, row) => row);
    const long = {
      ...line,
      dates: rows.map((row) => `day ${row}`),
      series: [{ name: 'long', values: rows.map((row) => (row === 150 ? 300 : row % 2)), emphasised: false }],
    };
    const { lines, words } = read(await charts.lineChart(long));
    expect(lines).toHaveLength(1);
    const [, , path] = lines[0]!;
    expect(path.match(/M/g)).toHaveLength(1);
    // Fewer points than rows, and one for every two pixels at most, beside both ends.
    expect(path.match(/[Llhv]|(?<=[\d.]) (?=[\d.-])|-/g)!.length).toBeLessThan(450);
    // One date for each 130 pixels.
    expect(words.filter((text) => text.startsWith('day')).map((text) => text.split(' ').slice(0, 3).join(' '))).toEqual([
      'day 0 start',
      'day 100 middle',
      'day 200 middle',
    ]);
  });

  test('begins again with the first colour after eight', async () => {
    const series = Array.from({ length: 10 }, (_, at) => ({ name: `line ${at}`, values: [1, 1, 1 + at], emphasised: false }));
    const { lines } = read(await charts.lineChart({ ...line, series }));
    expect(lines.map(([colour]) => colour)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 1, 2].map((number) => `var(--chart-${number})`));
  });

  test('draws an emphasised line over the others, wherever it stands', async () => {
    const { lines } = read(await charts.lineChart({ ...line, series: line.series.toReversed() }));
    expect(lines.map(([colour, width]) => [colour, width])).toEqual([
      ['var(--chart-2)', '1.5'],
      ['var(--chart-1)', '3'],
    ]);
  });
});

describe('a chart of areas', () => {
  test('of a whole ends at its edge: each value lasts until the next, one area on top of the other, without borders', async () => {
    expect(read(await charts.stackChart(stack))).toEqual({
      rules: heights.map((y) => level(y + 0.5, 58)),
      lines: [],
      areas: [
        ['var(--chart-1)', '0.85', 'M58 132L222 132L222 92L386 92L386 172L222 172L58 172Z'],
        ['var(--chart-2)', '0.85', 'M58 12L222 12L386 12L386 92L222 92L222 132L58 132Z'],
      ],
      words: [...['0 %', '20 %', '40 %', '60 %', '80 %', '100 %'].map((text, at) => left(text, 50, heights[at]!)), ...ends(58)],
      others: [],
    });
  });

  test.each([
    ['less than a whole', [0.2, 0.3, 0.4], '100 %'],
    ['a whole but for rounding', [0.25 + 4e-10, 0.5, 0.5], '100 %'],
    ['more than a whole', [0.2, 0.3, 0.6], '120 %'],
    ['a debt', [-0.1, 0.3, 0.4], '100 %'],
  ])('of %s has its edge where its numbers end', async (_, values, top) => {
    const { words } = read(await charts.stackChart({ ...stack, series: [{ name: 'a', values }, stack.series[1]!] }));
    const numbers = words.filter((text) => text.includes(' % end '));
    expect([numbers.at(-1)!.split(' end ')[0], numbers[0]!.split(' end ')[0]]).toEqual([top, values[0]! < 0 ? '-20 %' : '0 %']);
  });
});

describe('a chart of bars', () => {
  test('has its categories from the top, and bars that end where the whole is', async () => {
    expect(read(await charts.barChart(bar))).toEqual({
      // 318 pixels from 0 to 100 %, behind a name of six letters.
      rules: [56.5, 151.5, 247.5, 342.5, 374.5].map(upright),
      lines: [],
      areas: [
        ['var(--chart-1)', '', 'M56 22l79.5 0l0 52.1l-79.5 0Z'],
        ['var(--chart-1)', '', 'M56 106l159 0l0 52.1l-159 0Z'],
        ['var(--chart-2)', '', 'M135.5 22l238.5 0l0 52.1l-238.5 0Z'],
        ['var(--chart-2)', '', 'M215 106l159 0l0 52.1l-159 0Z'],
      ],
      words: [
        left('hrp', 48, 48),
        left('market', 48, 132),
        ...['0 %', '30 %', '60 %', '90 %', '100 %'].map((text, at) => under(text, [56, 151.4, 246.8, 342.2, 374][at]!)),
      ],
      others: [],
    });
  });

  test('of more than a whole has room for it, and every category its name', async () => {
    const categories = Array.from({ length: 20 }, (_, at) => `category ${at}`);
    const values = categories.map(() => 1.5);
    const { words } = read(await charts.barChart({ ...bar, categories, series: [{ name: 'a', values }] }));
    expect(words.filter((text) => text.startsWith('category'))).toHaveLength(20);
    expect(words.at(-1)).toBe(under('150 %', 374));
    // Seven pixels for each of eleven letters, and six of the fourteen beside them.
    expect(words[0]).toMatch(/^category 0 end translate\(83 /);
  });
});

describe('a chart of a tree', () => {
  test('has its leaves from the top, and a bracket for each merge from the heights of its branches to its own', async () => {
    const merges = [
      {
        height: 0.4,
        branches: [
          { place: 0, height: 0 },
          { place: 1, height: 0 },
        ] as const,
      },
      {
        height: 0.8,
        branches: [
          { place: 0.5, height: 0.4 },
          { place: 2, height: 0 },
        ] as const,
      },
    ];
    expect(read(await charts.treeChart({ ...sheet, leaves: ['stocks', 'funds', 'coins'], merges }))).toEqual({
      rules: [...[56.5, 135.5, 215.5, 294.5, 374.5].map(upright), '56 174.5 374 174.5'],
      lines: [
        // 318 pixels from 0 to 0.8, and 56 for each leaf.
        ['var(--chart-1)', '1.5', 'M56 34L215 34L215 90L56 90'],
        ['var(--chart-1)', '1.5', 'M215 62L374 62L374 146L56 146'],
      ],
      areas: [],
      words: [
        ...['stocks', 'funds', 'coins'].map((leaf, at) => left(leaf, 48, 34 + 56 * at)),
        ...['0.00', '0.20', '0.40', '0.60', '0.80'].map((text, at) => under(text, [56, 135.5, 215, 294.5, 374][at]!)),
      ],
      others: [],
    });
  });
});

test('a drawing says once how its words look, and nothing that a page has no use for', async () => {
  const before =
    '<svg font-family="sans-serif" font-size="12" dominant-baseline="central" xmlns="http://www.w3.org/2000/svg" version="1.1" ';
  for (const svg of [await charts.lineChart(line), await charts.stackChart(stack), await charts.barChart(bar)]) {
    expect(svg.startsWith(`${before}viewBox="0 0 400 200">\n<`)).toBe(true);
    expect(svg.endsWith('\n</svg>')).toBe(true);
    expect(svg.slice(before.length)).not.toMatch(/font-|style|baseline|xml:space|baseProfile|xlink|class=|pointer-events|\n\n|\n /);
    expect(svg).not.toMatch(/stroke-width="0"/);
  }
  expect(await charts.lineChart(line)).toContain('<clipPath id="sheet-c0">');
});
