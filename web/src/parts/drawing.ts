import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { EChartsOption } from 'echarts';
import { barOption, lineOption, stackOption, textStyle, treeOption } from '../../../infra/charts/options.ts';
import type { ChartBlock } from './chart-block.ts';
import { decimal, percent } from './words.ts';

use([BarChart, LineChart, GridComponent, TooltipComponent, SVGRenderer]);

function optionOf(block: ChartBlock, width: number, height: number): EChartsOption {
  const frame = { id: block.id, width, height };
  switch (block.kind) {
    case 'line':
      return lineOption({ ...frame, dates: block.dates, unit: block.unit, scale: block.scale ?? 'even', series: block.series });
    case 'stack':
      return stackOption({ ...frame, dates: block.dates, series: block.series });
    case 'bar':
      return barOption({ ...frame, categories: block.categories, series: block.series });
    case 'tree':
      return treeOption({ ...frame, leaves: block.leaves, merges: block.merges });
  }
}

function element(tag: string, className: string, ...children: (Node | string)[]): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}

/** The numbers at one place of a chart, made of elements: text of a ledger is never read as markup. */
function tipAt(block: Exclude<ChartBlock, { kind: 'tree' }>, at: number): HTMLElement {
  const shown =
    block.kind === 'line' && block.unit === 'ratio'
      ? (value: number | null) => decimal(value, 3)
      : (value: number | null) => percent(value);
  const title = (block.kind === 'bar' ? block.categories : block.dates)[at] ?? '';
  const rows = block.series.map(({ name, values }, index) =>
    element(
      'div',
      'tip-row',
      element('span', `swatch swatch-${(index % 8) + 1}`),
      element('span', 'tip-name', name),
      element('span', 'tip-value', shown(values[at] ?? null)),
    ),
  );
  return element('div', 'tip', element('div', 'tip-title', title), ...rows);
}

/** Draws a chart by the definitions of the reports, and shows its numbers under the pointer. Answers how it is taken away. */
export function draw(place: HTMLElement, block: ChartBlock, width: number, height: number): () => void {
  const chart = init(place, null, { renderer: 'svg', width, height });
  const tooltip =
    block.kind === 'tree'
      ? {}
      : {
          tooltip: {
            trigger: 'axis' as const,
            transitionDuration: 0,
            confine: true,
            className: 'tip-frame',
            padding: 0,
            borderWidth: 0,
            backgroundColor: 'var(--panel)',
            axisPointer: { type: block.kind === 'bar' ? 'shadow' : 'line' },
            formatter: (given: unknown) => tipAt(block, (given as readonly { readonly dataIndex: number }[])[0]?.dataIndex ?? 0),
          },
        };
  chart.setOption({ animation: false, textStyle, ...optionOf(block, width, height), ...tooltip });
  return () => chart.dispose();
}
