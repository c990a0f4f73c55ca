import { describe, expect, test } from '@jest/globals';
import type { BarChart, LineChart, StackChart, TreeChart } from '../../../presentation/ports/ports.ts';
import { createCharts } from '../../../infra/charts/echarts.ts';

const charts = createCharts();
const line: LineChart = {
  id: 'equity',
  width: 400,
  height: 200,
  dates: ['2023-01-03', '2023-01-04', '2023-01-05'],
  unit: 'ratio',
  scale: 'even',
  series: [
    { name: 'low', values: [1, 1.1, 1.2], emphasised: false },
    { name: 'high', values: [1, 1.5, 2], emphasised: true },
  ],
};
const bar: BarChart = {
  id: 'weights',
  width: 400,
  height: 200,
  categories: ['hrp', 'market'],
  series: [
    { name: 'a', values: [0.25, 0.5] },
    { name: 'b', values: [0.75, 0.5] },
  ],
};

const stack: StackChart = {
  id: 'shares',
  width: 400,
  height: 200,
  dates: ['2023-01-03', '2023-01-04', '2023-01-05'],
  series: [
    { name: 'a', values: [0.25, 0.5, 0.5] },
    { name: 'b', values: [0.75, 0.6, 0.5] },
    { name: 'hedge', values: [0, -0.1, 0] },
  ],
};
const tree: TreeChart = {
  id: 'tree',
  width: 400,
  height: 200,
  leaves: ['stocks', 'funds', 'coins'],
  merges: [
    {
      height: 0.4,
      branches: [
        { place: 0, height: 0 },
        { place: 1, height: 0 },
      ],
    },
    {
      height: 0.8,
      branches: [
        { place: 0.5, height: 0.4 },
        { place: 2, height: 0 },
      ],
    },
  ],
};

async function eachKind(): Promise<string[]> {
  return [await charts.lineChart(line), await charts.barChart(bar), await charts.stackChart(stack), await charts.treeChart(tree)];
}

/** Paths stroked in the colour of a series, as lists of points. */
function strokes(svg: string, colour: string): number[][][] {
  return [...svg.matchAll(/<path d="M([^"]+)"[^>]*stroke="var\(--chart-(\d)\)"/g)]
    .filter((match) => match[2] === colour)
    .map((match) => match[1]!.split('L').map((point) => point.split(' ').map(Number)));
}

function idsOf(svg: string): string[] {
  return [...svg.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]!);
}

/** Pixels by which a line rises from its first point to its last. */
function rise(points: readonly (readonly number[])[]): number {
  return points[0]![1]! - points.at(-1)![1]!;
}

describe('a drawing', () => {
  test('is the same whatever was drawn before it', async () => {
    const first = await charts.lineChart(line);
    await charts.barChart(bar);
    expect(await charts.lineChart(line)).toBe(first);
  });

  test('holds no script, no style element, no class and no reference to anything outside itself', async () => {
    for (const svg of await eachKind()) {
      expect(svg).toMatch(/^<svg [^>]*viewBox="0 0 400 200"/);
      expect(svg).not.toMatch(/<script|<style|<image|<foreignObject|class=|xlink|https?:\/\/(?!www\.w3\.org\/2000\/svg)|ecmeta|zr\d/);
      for (const [, id] of svg.matchAll(/url\(#([^)]+)\)/g)) expect(svg).toContain(`id="${id}"`);
    }
  });

  test('uses ids of its own, so that two stand in one page', async () => {
    const one = idsOf(await charts.lineChart(line));
    const other = idsOf(await charts.lineChart({ ...line, id: 'other' }));
    expect(one.length).toBeGreaterThan(0);
    expect(one.filter((id) => other.includes(id))).toEqual([]);
  });

  test('places points in proportion: the heights of a line are those of its values', async () => {
    const svg = await charts.lineChart(line);
    const low = strokes(svg, '1')[0]!;
    const high = strokes(svg, '2')[0]!;
    // Values 1, 1.1, 1.2 against 1, 1.5, 2: the second line rises five times as far (pixels are rounded to a tenth).
    expect(rise(low)).toBeGreaterThan(0);
    expect(rise(high) / rise(low)).toBeCloseTo(5, 1);
  });

  test('breaks a line where a value is missing, and writes shares as percent', async () => {
    const broken: LineChart = { ...line, unit: 'percent', series: [{ name: 'gap', values: [0.1, null, 0.3], emphasised: false }] };
    expect(
      strokes(await charts.lineChart({ ...broken, series: [{ ...broken.series[0]!, values: [0.1, 0.2, 0.3] }] }), '1')[0],
    ).toHaveLength(3);
    expect(strokes(await charts.lineChart(broken), '1').flat().length).toBeLessThan(3);
    expect(await charts.lineChart(broken)).toMatch(/\d %</);
  });

  test('joins the branches of a tree where they meet: twice as high is twice as far to the right', async () => {
    const svg = await charts.treeChart(tree);
    const [low, high] = strokes(svg, '1');
    const [start, meeting] = [low![0]![0]!, low![1]![0]!];
    expect((high![1]![0]! - start) / (meeting - start)).toBeCloseTo(2, 1);
    for (const leaf of tree.leaves) expect(svg).toContain(`>${leaf}<`);
  });

  test('stacks shares, hedges below nothing', async () => {
    const svg = await charts.stackChart(stack);
    for (const series of [1, 2, 3]) expect(svg).toContain(`fill="var(--chart-${series})"`);
    expect(svg).toContain('>-');
  });

  test('writes names as text', async () => {
    const svg = await charts.barChart({ ...bar, categories: ['<script>alert(1)</script>', '"&\''] });
    expect(svg).not.toContain('<script');
    expect(svg).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });
});
