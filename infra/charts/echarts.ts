import type { EChartsOption } from 'echarts';
import type { ChartFrame, Charts } from '../../presentation/ports/ports.ts';
import { barOption, fontFamily, fontSize, lineOption, pixelsPerPoint, stackOption, textStyle, treeOption } from './options.ts';
import { shortPath } from './short-path.ts';

/** As the library writes it on each text. */
const writtenStyle = ` style="font-size:${fontSize}px;font-family:${fontFamily};"`;

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

/** Charts drawn by echarts on the server side. */
export function createCharts(): Charts {
  return {
    lineChart: async (chart) => drawn(chart, lineOption(chart)),
    stackChart: async (chart) => drawn(chart, stackOption(chart)),
    treeChart: async (chart) => drawn(chart, treeOption(chart)),
    barChart: async (chart) => drawn(chart, barOption(chart)),
  };
}
