import type { EChartsOption } from 'echarts';
import type { BarChart, ChartFrame, Charts, LineChart } from '../../presentation/ports/ports.ts';

const ink = 'var(--chart-ink)';
const rule = 'var(--chart-rule)';
const fontSize = 12;
const textStyle = { fontFamily: 'sans-serif', fontSize, color: ink };
const axisLabel = { color: ink, fontFamily: 'sans-serif', fontSize };
const axisLine = { show: true, lineStyle: { color: rule } };
const splitLine = { lineStyle: { color: rule } };
const quiet = { animation: false, silent: true, emphasis: { disabled: true } } as const;

function colourOf(index: number): string {
  return `var(--chart-${(index % 8) + 1})`;
}

/**
 * What the library adds for scripts on the page (classes, a style element, event metadata) is taken away, and its running
 * numbers, which depend on what was drawn before, become the caller's id.
 */
function inlined(svg: string, frame: ChartFrame): string {
  return svg
    .replace(/<style[^>]*>[\s\S]*?<\/style>/g, '')
    .replace(/ (?:class|pointer-events|ecmeta_[a-z_]+)="[^"]*"/g, '')
    .replace(/ xmlns:xlink="[^"]*"/, '')
    .replace(/ baseProfile="full"/, '')
    .replace(/zr\d+-/g, `${frame.id}-`)
    .replace(/<svg width="\d+" height="\d+"/, '<svg')
    .replace(/\s*\n\s*/g, '\n')
    .trim();
}

async function drawn(frame: ChartFrame, option: EChartsOption): Promise<string> {
  // Loaded when the first drawing is asked for: most commands draw nothing.
  const { init } = await import('echarts/dist/echarts.esm.min.mjs');
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: frame.width, height: frame.height });
  try {
    chart.setOption({ animation: false, textStyle, ...option });
    return inlined(chart.renderToSVGString(), frame);
  } finally {
    chart.dispose();
  }
}

function lineOption({ dates, series, width }: LineChart): EChartsOption {
  return {
    grid: { left: 46, right: 14, top: 12, bottom: 28 },
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
      },
    },
    yAxis: { type: 'value', scale: true, splitLine, axisLabel: { ...axisLabel, formatter: (value: number) => value.toFixed(2) } },
    series: series.map(({ name, values, emphasised }, index) => ({
      ...quiet,
      name,
      type: 'line',
      data: [...values],
      showSymbol: false,
      sampling: 'lttb',
      color: colourOf(index),
      lineStyle: { color: colourOf(index), width: emphasised ? 3 : 1.5 },
      z: emphasised ? 3 : 2,
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
    barChart: async (chart) => drawn(chart, barOption(chart)),
  };
}
