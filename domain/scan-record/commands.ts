import type { DeepReadonly } from '../shared/deep-readonly.ts';
import type { ScanAudited, ScanRecorded } from './events.ts';

/** A scan before it has its number. */
export type UnnumberedScan = DeepReadonly<Omit<ScanRecorded, 'number'>>;
export type UnnumberedAudit = DeepReadonly<Omit<ScanAudited, 'number'>>;

export type ScanCommand =
  { readonly kind: 'RecordScan'; readonly scan: UnnumberedScan } | { readonly kind: 'KeepAudit'; readonly audit: UnnumberedAudit };
