import { describe, expect, test } from '@jest/globals';
import { matchTail, sliceTail } from '../../../domain/audit/event-slices.ts';
import { decodeEnvelope } from '../../../domain/shared/envelope.ts';
import { smallLedger } from '../../support/audit-log.ts';

const { events } = smallLedger(7, 12);

describe('the tail of an event', () => {
  test.each(events.map(({ envelope, bytes }) => [envelope.id, bytes] as const))(
    'of %s is matched as a whole, to its last byte',
    (_, bytes) => {
      const { id, prevHash, recordedAt, revision, schemaVersion, stream, type } = decodeEnvelope(bytes);
      const fields = { id, prevHash, recordedAt, revision: String(revision), stream, type };
      const { dataEnd } = sliceTail(bytes)!;
      expect(matchTail(bytes, fields)).toEqual({ dataEnd, schemaVersion });
      for (let at = dataEnd; at < bytes.length; at++) {
        const other = Uint8Array.from(bytes);
        other[at] = other[at] === 0x20 ? 0x21 : 0x20;
        expect({ at, matched: matchTail(other, fields) }).toEqual({ at, matched: null });
      }
      for (const longer of [Uint8Array.of(...bytes, 0x7d), Uint8Array.of(...bytes, 0x20), bytes.subarray(0, -1)])
        expect(matchTail(longer, fields)).toBeNull();
    },
  );
});
