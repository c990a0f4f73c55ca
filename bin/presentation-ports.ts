import { createCharts } from '../infra/charts/echarts.ts';
import { nodePlatform } from '../infra/system/runtime.ts';
import type { PresentationPorts } from '../presentation/ports/ports.ts';
import { holdings, namedTables } from './file-readers.ts';

/** What presentation asks of the world beside the tools of the handlers. */
export function createPresentationPorts(): PresentationPorts {
  return { charts: createCharts(), holdings, namedTables, platform: nodePlatform() };
}
