import type { SleeveRunAccepted } from './events.ts';

/** Quarantines of a sleeve are numbered from 1: a command says which one it starts or ends, so that a late redelivery does neither again. */
export type SleeveCommand =
  | { readonly kind: 'AcceptSleeveRun'; readonly run: SleeveRunAccepted }
  | { readonly kind: 'QuarantineSleeve'; readonly sleeve: string; readonly number: number; readonly why: string }
  | { readonly kind: 'ReinstateSleeve'; readonly sleeve: string; readonly number: number; readonly why: string };
