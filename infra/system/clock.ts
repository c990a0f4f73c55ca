import type { Clock } from '../../handlers/ports/ports.ts';

/** The machine's clock, in UTC. */
export const systemClock: Clock = { now: () => new Date().toISOString() };

/** A clock that stands at an instant and moves on by `stepMs` each time it is read. */
export function fixedClock(instant: string, stepMs = 0): Clock {
  let next = Date.parse(instant);
  if (Number.isNaN(next)) throw new RangeError(`${instant} is not an instant`);
  return {
    now() {
      const reading = new Date(next).toISOString();
      next += stepMs;
      return reading;
    },
  };
}
