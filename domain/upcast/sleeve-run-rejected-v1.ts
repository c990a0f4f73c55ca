import { isObject } from '../manifest/values.ts';
import type { JsonObject } from '../shared/canonical-json.ts';
import type { Upcaster } from './upcaster.ts';

/** Version 1 (release 0.1.0) had the head of the message in the event and sealed nothing: what it told stays, the head is left out. */
export const sleeveRunRejectedV1: Upcaster = {
  from: 1,
  adds: [],
  upcast: (data): JsonObject => {
    const { payload } = data;
    if (!isObject(payload)) return data;
    const { headBase64: _head, ...told } = payload;
    return { ...data, payload: { ...told, whole: (told['document'] ?? null) !== null, sealed: null } };
  },
};
