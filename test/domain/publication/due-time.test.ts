import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { publicationDefaults, type PublicationPolicy } from '../../../domain/manifest/publication-block.ts';
import { dueTime } from '../../../domain/publication/due-time.ts';
import type { ReallocationScheduled } from '../../../domain/publication/events.ts';
import { type TimedPortfolio, timedPortfolio } from '../../../domain/publication/timed-portfolio.ts';
import { plusSeconds } from '../../../domain/shared/instants.ts';
import { propertyRuns } from '../../support/property-runs.ts';

const at = (time: string): string => `2026-01-02T${time}.000Z`;
const policy = (change: Partial<PublicationPolicy>): PublicationPolicy => ({ ...publicationDefaults, ...change });
const window = policy({ coalescing_window_seconds: 60 });
const coolDown = policy({ cool_down_seconds: 3600 });

interface Times {
  readonly publishedAt?: string;
  readonly decidedAt?: string;
  readonly due?: ReallocationScheduled;
}
function timed({ publishedAt, decidedAt, due }: Times = {}): TimedPortfolio {
  return {
    portfolio: { ...timedPortfolio.initialState.portfolio, due: due ?? null },
    publishedAt: publishedAt ?? null,
    decidedAt: decidedAt ?? null,
  };
}

describe('when new results are due', () => {
  test('without a window or a cool-down they are due at once', () => {
    expect(dueTime(publicationDefaults, timed({ publishedAt: at('08:00:00') }), [at('08:00:00')], at('08:00:00'))).toBeNull();
  });

  test('a window opens with the first result that the last decision had not seen', () => {
    const accepted = [at('07:00:00'), at('08:00:00'), at('08:00:30')];
    expect(dueTime(window, timed({ decidedAt: at('07:30:00') }), accepted, at('08:00:40'))).toEqual({
      because: 'coalescing_window',
      countedFrom: at('08:00:00'),
      waitSeconds: 60,
      dueAt: at('08:01:00'),
    });
  });

  test('a result accepted at the very instant of the decision opens no window', () => {
    expect(dueTime(window, timed({ decidedAt: at('08:00:00') }), [at('08:00:00')], at('08:00:01'))).toBeNull();
  });

  test('a correction of the result that opened the window does not open it again', () => {
    const due = {
      meta: 'desk',
      because: 'coalescing_window',
      countedFrom: at('08:00:00'),
      waitSeconds: 60,
      dueAt: at('08:01:00'),
    } as const;
    expect(dueTime(window, timed({ due }), [at('08:00:50')], at('08:00:55'))?.dueAt).toBe(at('08:01:00'));
  });

  test('the window is over at its very end', () => {
    expect(dueTime(window, timed(), [at('08:00:00')], at('08:00:59'))).not.toBeNull();
    expect(dueTime(window, timed(), [at('08:00:00')], at('08:01:00'))).toBeNull();
  });

  test('a cool-down is counted from the last publication, and there is none before the first', () => {
    expect(dueTime(coolDown, timed(), [at('08:00:00')], at('08:00:01'))).toBeNull();
    expect(dueTime(coolDown, timed({ publishedAt: at('08:00:00') }), [at('08:10:00')], at('08:10:00'))).toEqual({
      because: 'cool_down',
      countedFrom: at('08:00:00'),
      waitSeconds: 3600,
      dueAt: at('09:00:00'),
    });
  });

  test('of a window and a cool-down the later end counts', () => {
    const both = policy({ coalescing_window_seconds: 60, cool_down_seconds: 3600 });
    expect(
      dueTime(both, timed({ publishedAt: at('08:00:00'), decidedAt: at('08:00:00') }), [at('08:30:00')], at('08:30:00'))?.because,
    ).toBe('cool_down');
    expect(
      dueTime(both, timed({ publishedAt: at('08:00:00'), decidedAt: at('08:00:00') }), [at('08:59:30')], at('08:59:40')),
    ).toMatchObject({ because: 'coalescing_window', dueAt: at('09:00:30') });
  });

  test('whoever looks, and whenever before it, finds the same time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 0, max: 4_999 }), (seconds, later) => {
        const asked = policy({ coalescing_window_seconds: seconds });
        const due = dueTime(asked, timed(), [at('08:00:00')], plusSeconds(at('08:00:00'), later));
        expect(due?.dueAt ?? null).toBe(later < seconds ? plusSeconds(at('08:00:00'), seconds) : null);
      }),
      { numRuns: propertyRuns(100) },
    );
  });
});
