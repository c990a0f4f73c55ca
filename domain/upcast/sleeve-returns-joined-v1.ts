import { isObject } from '../manifest/values.ts';
import type { JsonObject } from '../shared/canonical-json.ts';
import type { Upcaster } from './upcaster.ts';

/** Version 1 (release 0.1.0) knew no partial windows: none was traded. */
export const sleeveReturnsJoinedV1: Upcaster = {
  from: 1,
  adds: [],
  upcast: (data): JsonObject => {
    const { streams } = data;
    if (!Array.isArray(streams)) return data;
    return { ...data, streams: streams.map((stream) => (isObject(stream) ? { ...stream, partialRows: 0 } : stream)) };
  },
};
