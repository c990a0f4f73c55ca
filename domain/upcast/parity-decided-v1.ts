import { isObject } from '../manifest/values.ts';
import type { JsonObject } from '../shared/canonical-json.ts';
import type { Upcaster } from './upcaster.ts';

/** Version 1 (release 0.1.0) of ParityAccepted, ParityRejected and ParityWaived: no evidence was required, so none was missing. */
export const parityDecidedV1: Upcaster = {
  from: 1,
  adds: [],
  upcast: (data): JsonObject => {
    const { verdict } = data;
    if (!isObject(verdict) || !isObject(verdict['policy'])) return data;
    return { ...data, verdict: { ...verdict, policy: { ...verdict['policy'], required: [] }, missing: [] } };
  },
};
