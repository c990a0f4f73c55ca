import type { Upcaster } from './upcaster.ts';

/** Version 1 (release 0.1.0) could declare no bound of gross exposure. */
export const sleeveDefinedV1: Upcaster = { from: 1, adds: [], upcast: (data) => ({ ...data, grossMax: null }) };
