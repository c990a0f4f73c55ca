import type { ReportDocument } from '../api/answers.ts';

type Block = ReportDocument['sections'][number]['blocks'][number];

/** A chart of a report, as the API answers it. */
export type ChartBlock = Extract<Block, { kind: 'line' | 'stack' | 'bar' | 'tree' }>;
