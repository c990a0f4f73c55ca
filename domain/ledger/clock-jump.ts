import { parseAnyDay } from '../returns/days.ts';

/** Whole days from one instant to another, by their dates; null where either is no instant of the years 1 to 9999. */
function daysBetween(from: string, to: string): number | null {
  const [first, last] = [parseAnyDay(from.slice(0, 10)), parseAnyDay(to.slice(0, 10))];
  return first === null || last === null ? null : last - first;
}

/** Whether an instant lies more days after another than a clock may go on at once. One that is no plain instant always does. */
export function isClockJump(before: string, after: string, limitDays: number): boolean {
  const days = daysBetween(before, after);
  return days === null || days > limitDays;
}

/** What of an event says when it was known: where it stands, and the time that its writer's clock showed. */
interface Timed {
  readonly position: string;
  readonly recordedAt: string;
}

/**
 * Where ledger time ends that was known at an instant, over events in global order: at the last one before the first that came after the
 * instant. A time further after the instant than a clock may jump says nothing by itself: such an event was known when one behind it was,
 * for that one came later. So a clock that was years ahead once hides nothing but what it wrote last.
 */
export class KnownPrefix {
  readonly #instant: string;
  readonly #limitDays: number;
  /** Position of the last event that was known for certain; null for none. */
  last: string | null = null;
  /** True once an event came after the instant: whatever follows was known later still. */
  isOver = false;

  constructor(instant: string, limitDays: number) {
    this.#instant = instant;
    this.#limitDays = limitDays;
  }

  next({ position, recordedAt }: Timed): void {
    if (this.isOver) return;
    if (recordedAt <= this.#instant) this.last = position;
    else this.isOver = !isClockJump(this.#instant, recordedAt, this.#limitDays);
  }
}
