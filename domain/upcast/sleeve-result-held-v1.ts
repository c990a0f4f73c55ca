import type { Upcaster } from './upcaster.ts';

/** Version 1 (release 0.1.0) kept the message for everybody to read. */
export const sleeveResultHeldV1: Upcaster = { from: 1, adds: [], upcast: (data) => ({ ...data, sealed: null }) };
