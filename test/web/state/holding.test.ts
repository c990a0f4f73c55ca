import { describe, expect, test } from '@jest/globals';
import { type Held, heldAt, heldMs } from '../../../web/src/state/holding.ts';

const begun: Held<string> = { value: 'r1', of: 'desk', since: 1_000 };

describe('a value that is held', () => {
  test.each([
    ['stays where a newer one comes soon', 'r2', 'desk', 1_000 + heldMs - 1, begun],
    ['gives way once it has stood for its time', 'r2', 'desk', 1_000 + heldMs, { value: 'r2', of: 'desk', since: 1_000 + heldMs }],
    ['gives way at once to that of something else', 'r2', 'other', 1_001, { value: 'r2', of: 'other', since: 1_001 }],
    ['stands since it came, however often it is seen', 'r1', 'desk', 9_000_000, begun],
  ])('%s', (_, value, of, now, shown) => {
    expect(heldAt(begun, value, of, now)).toEqual(shown);
  });
});
