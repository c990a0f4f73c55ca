import type { EChartsOption } from 'echarts';
import type { BarChart, ChartUnit, LineChart, StackChart, TreeChart } from '../../presentation/ports/ports.ts';
import { thinned } from './thinned.ts';

/**
 * What is drawn of a chart, for whoever draws it: the reports on the side of the server, and the page in a browser. Colours are custom
 * properties, so that a drawing follows the scheme of its page.
 */

const ink = 'var(--chart-ink)';
const rule = 'var(--chart-rule)';
export const fontSize = 12;
export const fontFamily = 'sans-serif';
export const textStyle = { fontFamily, fontSize, color: ink };
const axisLabel = { color: ink, fontFamily, fontSize };
const axisLine = { show: true, lineStyle: { color: rule } };
const splitLine = { lineStyle: { color: rule } };
/** Pixels for each point of a long line. */
export const pixelsPerPoint = 2;
const quiet = { animation: false, silent: true, emphasis: { disabled: true } } as const;

function colourOf(index: number): string {
  return `var(--chart-${(index % 8) + 1})`;
}

const axisText: Record<ChartUnit, (value: number) => string> = {
  ratio: (value) => value.toFixed(2),
  percent: (value) => `${Math.round(value * 1e3) / 10} %`,
};

type Vertical =
  { readonly type: 'value'; readonly scale?: boolean; readonly max?: number } | { readonly type: 'log'; readonly logBase: number };

/** Dates below, numbers at the left: the frame of every chart over time. */
function timeFrame(
  dates: readonly string[],
  width: number,
  unit: ChartUnit,
  vertical: Vertical,
): Pick<EChartsOption, 'grid' | 'xAxis' | 'yAxis'> {
  return {
    grid: { left: unit === 'percent' ? 58 : 46, right: 14, top: 12, bottom: 28 },
    xAxis: {
      type: 'category',
      data: [...dates],
      boundaryGap: false,
      axisLine: { ...axisLine, onZero: false },
      axisTick: { show: false },
      axisLabel: {
        ...axisLabel,
        // Of two dates both are shown.
        interval: Math.max(dates.length === 2 ? 0 : 1, Math.ceil(dates.length / Math.max(2, Math.floor(width / 130))) - 1),
        alignMinLabel: 'left',
        alignMaxLabel: 'right',
      },
    },
    yAxis: { splitLine, axisLabel: { ...axisLabel, formatter: axisText[unit] }, ...vertical },
  };
}

export function lineOption({ dates, series, width, unit, scale }: LineChart): EChartsOption {
  return {
    ...timeFrame(dates, width, unit, scale === 'doubling' ? { type: 'log', logBase: 2 } : { type: 'value', scale: true }),
    series: series.map(({ name, values, emphasised }, index) => {
      const line = thinned(values, Math.floor(width / pixelsPerPoint));
      return {
        ...quiet,
        name,
        type: 'line',
        data: [...line.values],
        connectNulls: line.isThinned,
        showSymbol: false,
        color: colourOf(index),
        lineStyle: { color: colourOf(index), width: emphasised ? 3 : 1.5 },
        z: emphasised ? 3 : 2,
      };
    }),
  };
}

export function stackOption({ dates, series, width }: StackChart): EChartsOption {
  const rows = dates.map((_, row) => series.map(({ values }) => values[row]!));
  const isWhole = rows.every((row) => row.every((value) => value >= 0) && row.reduce((sum, value) => sum + value, 0) <= 1 + 1e-9);
  return {
    ...timeFrame(dates, width, 'percent', { type: 'value', ...(isWhole ? { max: 1 } : {}) }),
    series: series.map(({ name, values }, index) => ({
      ...quiet,
      name,
      type: 'line',
      stack: 'all',
      step: 'end',
      data: [...values],
      showSymbol: false,
      color: colourOf(index),
      lineStyle: { width: 0 },
      areaStyle: { color: colourOf(index), opacity: 0.85 },
    })),
  };
}

export function treeOption({ leaves, merges }: TreeChart): EChartsOption {
  const longest = Math.max(...leaves.map((leaf) => leaf.length));
  return {
    grid: { left: longest * 7 + 14, right: 26, top: 6, bottom: 26 },
    xAxis: {
      type: 'value',
      min: 0,
      splitLine,
      axisLine: { ...axisLine, onZero: false },
      axisTick: { show: false },
      axisLabel: { ...axisLabel, formatter: axisText.ratio },
    },
    yAxis: {
      type: 'value',
      inverse: true,
      min: -0.5,
      max: leaves.length - 0.5,
      interval: 0.5,
      axisLine,
      axisTick: { show: false },
      splitLine: { show: false },
      axisLabel: { ...axisLabel, formatter: (value: number) => leaves[value] ?? '' },
    },
    series: merges.map(({ height, branches: [upper, lower] }) => ({
      ...quiet,
      type: 'line',
      data: [
        [upper.height, upper.place],
        [height, upper.place],
        [height, lower.place],
        [lower.height, lower.place],
      ],
      showSymbol: false,
      color: colourOf(0),
      lineStyle: { color: colourOf(0), width: 1.5 },
    })),
  };
}

export function barOption({ categories, series }: BarChart): EChartsOption {
  const totals = categories.map((_, index) => series.reduce((sum, { values }) => sum + values[index]!, 0));
  const whole = Math.max(...totals) <= 1 + 1e-9 ? { max: 1 } : {};
  const longest = Math.max(...categories.map((category) => category.length));
  return {
    grid: { left: longest * 7 + 14, right: 26, top: 6, bottom: 26 },
    xAxis: {
      type: 'value',
      min: 0,
      ...whole,
      splitLine,
      axisLabel: { ...axisLabel, formatter: (value: number) => `${Math.round(value * 100)} %` },
      splitNumber: 4,
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: [...categories],
      axisLine,
      axisTick: { show: false },
      axisLabel: { ...axisLabel, interval: 0 },
    },
    series: series.map(({ name, values }, index) => ({
      ...quiet,
      name,
      type: 'bar',
      stack: 'all',
      data: [...values],
      barWidth: '62%',
      itemStyle: { color: colourOf(index) },
    })),
  };
}
