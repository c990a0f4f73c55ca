import { isDomainStream } from '../../domain/audit/chain.ts';
import type { JsonObject } from '../../domain/shared/canonical-json.ts';
import type { LeafProjection } from '../../projections/projection.ts';
import { positionOfLeafRows, stepOf } from '../read-models/projector.ts';
import type { Ports } from '../ports/ports.ts';
import { RowDigest } from './row-digest.ts';
import type { RowFold } from './row-fold.ts';

/** A fold of leaves. Of its rows it holds those that it reads again; there is one more for each event. */
export function leafFold({ crypto }: Pick<Ports, 'crypto'>, projection: LeafProjection): RowFold {
  const [fresh, found] = [new RowDigest(crypto.sha256), new RowDigest(crypto.sha256)];
  const kept = new Map<string, JsonObject>();
  let isWhole = true;
  return {
    projection,
    takes: ({ stream }) => isDomainStream(stream),
    apply(stored) {
      const { keys, apply } = stepOf({ crypto }, projection, stored);
      for (const { key, value } of apply((name) => kept.get(name) ?? null)) {
        if (keys.includes(key)) kept.set(key, value!);
        else fresh.add(key, value);
      }
    },
    finish() {
      for (const [key, value] of kept) fresh.add(key, value);
    },
    addStored({ key, value, position }) {
      if (value === null || position !== positionOfLeafRows) isWhole = false;
      else found.add(key, value);
    },
    isSame: () => isWhole && fresh.equals(found),
  };
}
