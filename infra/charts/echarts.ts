import type { EChartsOption } from 'echarts';
import type { BarChart, ChartFrame, Charts, ChartUnit, LineChart, StackChart, TreeChart } from '../../presentation/ports/ports.ts';
import { shortPath } from './short-path.ts';
import { thinned } from './thinned.ts';

const ink = 'var(--chart-ink)';
const rule = 'var(--chart-rule)';
const fontSize = 12;
const fontFamily = 'sans-serif';
const textStyle = { fontFamily, fontSize, color: ink };
/** As the library writes it on each text. */
const writtenStyle = ` style="font-size:${fontSize}px;font-family:${fontFamily};"`;
const axisLabel = { color: ink, fontFamily, fontSize };
const axisLine = { show: true, lineStyle: { color: rule } };
const splitLine = { lineStyle: { color: rule } };
/** Pixels for each point of a long line. */
const pixelsPerPoint = 2;
const quiet = { animation: false, silent: true, emphasis: { disabled: true } } as const;

function colourOf(index: number): string {
  return `var(--chart-${(index % 8) + 1})`;
}

/**
 * What the library adds for scripts on the page (classes, a style element, event metadata) is taken away, and its running
 * numbers, which depend on what was drawn before, become the caller's id.
 */
function inlined(svg: string, frame: ChartFrame): string {
  return (
    svg
      .replace(/<style[^>]*>[\s\S]*?<\/style>/g, '')
      .replace(/ (?:class|pointer-events|ecmeta_[a-z_]+)="[^"]*"/g, '')
      .replace(/ xmlns:xlink="[^"]*"/, '')
      .replace(/ baseProfile="full"/, '')
      .replace(/zr\d+-/g, `${frame.id}-`)
      // What every text of a drawing is stands on the drawing itself.
      .replaceAll(writtenStyle, '')
      .replaceAll(' dominant-baseline="central"', '')
      .replaceAll(' xml:space="preserve"', '')
      .replace(/<svg width="\d+" height="\d+"/, `<svg font-family="${fontFamily}" font-size="${fontSize}" dominant-baseline="central"`)
      // The border of an area that has none.
      .replaceAll(/<path [^>]*fill="none"[^>]*stroke-width="0"[^>]*><\/path>\n?/g, '')
      .replaceAll(/ d="([^"]+)"/g, (_, path: string) => ` d="${shortPath(path)}"`)
      .replace(/\s*\n\s*/g, '\n')
      .trim()
  );
}

async function drawn(frame: ChartFrame, option: EChartsOption): Promise<string> {
  // Loaded when the first drawing is asked for: most commands draw nothing.
  const { init } = await import('echarts/dist/echarts.esm.min.mjs');
  const chart = init(null, null, {
    renderer: 'svg',
    ssr: true,
    width: frame.width,
    height: frame.height,
    devicePixelRatio: 1 / pixelsPerPoint,
  });
  try {
    chart.setOption({ animation: false, textStyle, ...option });
    return inlined(chart.renderToSVGString(), frame);
  } finally {
    chart.dispose();
  }
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
        interval: Math.max(1, Math.ceil(dates.length / Math.max(2, Math.floor(width / 130))) - 1),
        alignMinLabel: 'left',
        alignMaxLabel: 'right',
      },
    },
    yAxis: { splitLine, axisLabel: { ...axisLabel, formatter: axisText[unit] }, ...vertical },
  };
}

function lineOption({ dates, series, width, unit, scale }: LineChart): EChartsOption {
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

function stackOption({ dates, series, width }: StackChart): EChartsOption {
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

function treeOption({ leaves, merges }: TreeChart): EChartsOption {
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

function barOption({ categories, series }: BarChart): EChartsOption {
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

/** Charts drawn by echarts on the server side. */
export function createCharts(): Charts {
  return {
    lineChart: async (chart) => drawn(chart, lineOption(chart)),
    stackChart: async (chart) => drawn(chart, stackOption(chart)),
    treeChart: async (chart) => drawn(chart, treeOption(chart)),
    barChart: async (chart) => drawn(chart, barOption(chart)),
  };
}
