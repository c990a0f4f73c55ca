/** `docs/benchmarks-growth.svg`: time against the number of columns, a panel per solver, ours and the fastest peer of each kind of data. */
import type { EChartsOption } from 'echarts';
import { solverKinds, type SolverKind, solvers, type Solver } from './solver-cases.ts';
import { fastestOf } from './solver-gap.ts';
import type { SolverRow, SolverRun } from './solver-results.ts';

const [panelWidth, panelHeight, panelsAcross] = [380, 290, 3];
const top = 54;
const margin = { left: 64, right: 20, top: 34, bottom: 40 };
const ink = '#333333';
const rule = '#dddddd';
/** Told apart without red against green. */
const colours: Readonly<Record<SolverKind, string>> = {
  oneFactor: '#0072b2',
  fiveFactors: '#d55e00',
  independent: '#009e73',
  nearCopies: '#7b3294',
};

export const kindNames: Readonly<Record<SolverKind, string>> = {
  oneFactor: 'one factor',
  fiveFactors: 'five factors',
  independent: 'independent',
  nearCopies: 'near-copies',
};

export const solverNames: Readonly<Record<Solver, string>> = {
  minVariance: 'minimum variance',
  minVarianceCapped: 'minimum variance, capped',
  maxSharpe: 'maximum Sharpe',
  equalRisk: 'equal risk contribution',
  hrp: 'HRP',
  hrpPlain: 'HRP, plain leaf order',
};

type Point = readonly [columns: number, ms: number];

const textStyle = { fontFamily: 'sans-serif', fontSize: 12, color: ink };

function pointsOf(rows: readonly SolverRow[], msOf: (row: SolverRow) => number | undefined): Point[] {
  return rows.flatMap((row): Point[] => {
    const ms = msOf(row);
    return ms === undefined ? [] : [[row.columns, ms]];
  });
}

const ownMs = (row: SolverRow): number | undefined => row.own.timing?.medianMs;
const peerMs = (row: SolverRow): number | undefined => fastestOf(row, ({ timing }) => timing)?.timing.medianMs;

/** Lines of one panel: whole for ours, dashed for the fastest peer. */
function linesOf(rows: readonly SolverRow[], solver: Solver, panel: number): NonNullable<EChartsOption['series']> & object[] {
  return solverKinds.flatMap((kind) => {
    // Cases that repeat a number of columns with other rows stand in the table.
    const own = rows.filter((row) => row.solver === solver && row.kind === kind && row.columns <= 1000);
    return ([ownMs, peerMs] as const).map((msOf, side) => ({
      type: 'line' as const,
      xAxisIndex: panel,
      yAxisIndex: panel,
      animation: false,
      silent: true,
      data: pointsOf(own, msOf).map((point) => [...point]),
      symbol: side === 0 ? 'circle' : 'emptyCircle',
      symbolSize: side === 0 ? 5 : 6,
      itemStyle: { color: colours[kind] },
      lineStyle: { color: colours[kind], width: side === 0 ? 2 : 1.5, type: side === 0 ? ('solid' as const) : ('dashed' as const) },
    }));
  });
}

function timeText(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
}

function line(x: number, colour: string, isDashed: boolean): object {
  return {
    type: 'line',
    silent: true,
    shape: { x1: x, y1: 26, x2: x + 28, y2: 26 },
    style: { stroke: colour, lineWidth: 2, ...(isDashed ? { lineDash: [6, 4] } : {}) },
  };
}

function label(x: number, text: string): object {
  return { type: 'text', silent: true, style: { ...textStyle, fill: ink, text, x, y: 20 } };
}

/** A legend of its own: a colour a kind, and what whole and dashed lines are. */
function legend(width: number): object[] {
  const step = (width - 60) / 6;
  const kinds = solverKinds.flatMap((kind, place) => [
    line(30 + place * step, colours[kind], false),
    label(64 + place * step, kindNames[kind]),
  ]);
  return [
    ...kinds,
    line(30 + 4 * step, ink, false),
    label(64 + 4 * step, 'sleeve-ledger'),
    line(30 + 5 * step, ink, true),
    label(64 + 5 * step, 'fastest peer'),
  ];
}

/** Where a panel begins. */
function at(panel: number): { x: number; y: number } {
  return { x: (panel % panelsAcross) * panelWidth, y: top + Math.floor(panel / panelsAcross) * panelHeight };
}

function optionOf({ rows }: SolverRun, width: number): EChartsOption {
  const axis = { axisLabel: { ...textStyle }, splitLine: { show: true, lineStyle: { color: rule } }, minorTick: { show: false } };
  const times = rows.flatMap((row) => [ownMs(row) ?? [], peerMs(row) ?? []].flat());
  const [fastest, slowest] = [Math.min(...times), Math.max(...times)];
  return {
    animation: false,
    backgroundColor: '#ffffff',
    textStyle,
    title: solvers.map((solver, panel) => ({
      text: solverNames[solver],
      left: at(panel).x + margin.left,
      top: at(panel).y + 8,
      textStyle: { ...textStyle, fontSize: 13, fontWeight: 'bold' as const },
    })),
    grid: solvers.map((_, panel) => ({
      left: at(panel).x + margin.left,
      top: at(panel).y + margin.top,
      width: panelWidth - margin.left - margin.right,
      height: panelHeight - margin.top - margin.bottom,
    })),
    xAxis: solvers.map((_, panel) => ({
      ...axis,
      type: 'log' as const,
      gridIndex: panel,
      min: 10,
      max: 1000,
      name: 'columns',
      nameLocation: 'middle' as const,
      nameGap: 24,
      nameTextStyle: textStyle,
      axisLabel: { ...textStyle, formatter: (value: number) => String(value) },
    })),
    yAxis: solvers.map((_, panel) => ({
      ...axis,
      type: 'log' as const,
      gridIndex: panel,
      min: 10 ** Math.floor(Math.log10(fastest)),
      max: 10 ** Math.ceil(Math.log10(slowest)),
      axisLabel: { ...textStyle, formatter: timeText },
    })),
    series: solvers.flatMap((solver, panel) => linesOf(rows, solver, panel)),
    graphic: legend(width),
  };
}

/** Numbers of its own instead of those that depend on what was drawn before, and nothing for scripts. */
function settled(svg: string): string {
  return svg
    .replace(/<style[^>]*>[\s\S]*?<\/style>/g, '')
    .replace(/ (?:class|pointer-events|ecmeta_[a-z_]+)="[^"]*"/g, '')
    .replace(/zr\d+-/g, 'growth-')
    .replace(/\s*\n\s*/g, '\n')
    .trim();
}

export async function growthDrawing(run: SolverRun): Promise<string> {
  const { init } = await import('echarts/dist/echarts.esm.min.mjs');
  const width = panelWidth * panelsAcross;
  const height = top + panelHeight * Math.ceil(solvers.length / panelsAcross);
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption(optionOf(run, width));
    return `${settled(chart.renderToSVGString())}\n`;
  } finally {
    chart.dispose();
  }
}
