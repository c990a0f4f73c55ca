import { drafting, type Slice, type SliceDraft, type SliceEvent } from '../shared/slice.ts';
import { scanAuditedSchema, scanRecordedSchema } from './events.ts';

/** Streams `scan-<id>`: the scans of one scanner; `scan-audits` holds the audits that were kept. */
export const scanSlice = {
  ScanRecorded: {
    version: 1,
    schema: scanRecordedSchema,
    stream: 'scan-<scanner>',
    meaning: 'A response judged by a scanner: every row, what each stage cost, and what was selected.',
  },
  ScanAudited: {
    version: 1,
    schema: scanAuditedSchema,
    stream: 'scan-audits',
    meaning: 'The answer of an audit of scanners or their responses, kept on request.',
  },
} as const satisfies Slice;

export type ScanEvent = SliceEvent<typeof scanSlice>;
export type ScanDraft = SliceDraft<typeof scanSlice>;

export const draftScan = drafting(scanSlice);
