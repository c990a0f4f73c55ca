import type { Upcaster } from './upcaster.ts';

/** Version 1 (release 0.1.0) did not say how far the prices reached beyond the grid. Rules 1 do not either, so replay compares it. */
export const universeFormedV1: Upcaster = { from: 1, adds: [], upcast: (data) => ({ ...data, shortened: null }) };
