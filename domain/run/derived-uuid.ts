import { canonicalJson } from '../shared/canonical-json.ts';

/** RFC 9562 UUID version 5. */
export type UuidV5 = (name: string, namespace: string) => string;

/** Namespace of every UUID of this project: UUIDv5 of `sleeve-ledger` in the DNS namespace of RFC 9562. */
export const namespaceUuid = '2f709844-afa1-5c4d-91a6-9eaa94d8b49a';

/** An id derived from inputs, never from chance. The array keeps neighbouring parts apart, which concatenation would not. */
export function derivedUuid(uuidV5: UuidV5, parts: readonly (string | number)[]): string {
  return uuidV5(canonicalJson(parts), namespaceUuid);
}

export function eventId(uuidV5: UuidV5, ledgerId: string, stream: string, commandId: string, index: number): string {
  return derivedUuid(uuidV5, [ledgerId, stream, commandId, index]);
}
