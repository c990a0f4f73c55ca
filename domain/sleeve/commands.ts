import type { SleeveRunAccepted } from './events.ts';

export type SleeveCommand =
  | { readonly kind: 'AcceptSleeveRun'; readonly run: SleeveRunAccepted }
  | { readonly kind: 'QuarantineSleeve'; readonly sleeve: string; readonly why: string }
  | { readonly kind: 'ReinstateSleeve'; readonly sleeve: string; readonly why: string };
