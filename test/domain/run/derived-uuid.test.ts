import { expect, test } from '@jest/globals';
import { v5 } from 'uuid';
import { derivedUuid, eventId, namespaceUuid } from '../../../domain/run/derived-uuid.ts';

test('the namespace is that of sleeve-ledger below the DNS names of RFC 9562', () => {
  expect(v5('sleeve-ledger', v5.DNS)).toBe(namespaceUuid);
});

test('an id is of its parts apart from one another, in their order', () => {
  expect(derivedUuid(v5, ['a', 1])).toBe(v5('["a",1]', namespaceUuid));
  expect(derivedUuid(v5, ['ab', 'c'])).not.toBe(derivedUuid(v5, ['a', 'bc']));
});

test('an event has its id by ledger, stream, command and place in the batch', () => {
  expect(eventId(v5, 'l', 'sleeve-a', 'c', 2)).toBe(v5('["l","sleeve-a","c",2]', namespaceUuid));
});
