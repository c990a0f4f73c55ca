import type { Upcaster } from './upcaster.ts';

/** Version 1 (release 0.1.0) did not name its rules: there was one set of them. */
export const sleeveRunOpenedV1: Upcaster = { from: 1, adds: ['rules'], upcast: (data) => ({ ...data, rules: 1 }) };
