import type { Upcaster } from './upcaster.ts';

/** Version 1 (release 0.1.0) of RebalanceApproved, RebalanceHeld and RebalanceRejected knew the claimed name alone. */
export const localUserUnrecordedV1: Upcaster = { from: 1, adds: ['localUser'], upcast: (data) => ({ ...data, localUser: null }) };
