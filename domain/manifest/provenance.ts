import { z } from 'zod';
import type { Json } from '../shared/canonical-json.ts';
import { byCodeUnits } from '../shared/order.ts';
import { isObject } from './values.ts';

/** Weakest first: a later layer overrides an earlier one. `root` are blocks written beside `defaults` in the manifest. */
export const layers = ['code', 'defaults', 'root', 'profile', 'environment', 'cli'] as const;
export type Layer = (typeof layers)[number];

export const provenanceSchema = z.strictObject({
  layer: z.enum(layers),
  /** Where it stands in the manifest, or how it was given; null for the code layer. */
  at: z.string().nullable(),
});
export type Provenance = z.infer<typeof provenanceSchema>;
export type ProvenanceByPath = Readonly<Record<string, Provenance>>;

/** A copy with the members in code-unit order: what is written does not depend on the order in which it was read. */
export function withSortedKeys<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).toSorted(([left], [right]) => byCodeUnits(left, right)));
}

/** Leaves of an object by dotted path: arrays and empty objects are leaves, members of objects are not. */
export function leavesOf(value: unknown, prefix = ''): Record<string, Json> {
  const leaves: Record<string, Json> = {};
  const visit = (node: unknown, path: string): void => {
    if (isObject(node) && Object.keys(node).length > 0) {
      for (const [key, member] of Object.entries(node)) visit(member, path === '' ? key : `${path}.${key}`);
    } else if (path !== '' && node !== undefined) {
      leaves[path] = node as Json;
    }
  };
  visit(value, prefix);
  return withSortedKeys(leaves);
}
