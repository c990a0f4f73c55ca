import type { IsoDate } from '../../domain/returns/series.ts';
import type { DeliveredRun } from '../../domain/run/delivered-run.ts';

type Dates = readonly IsoDate[];

/** A calendar and a length each: few at a time, and new ones every day. */
const listsMax = 100;

const areSame = (left: Dates, right: Dates): boolean => left.length === right.length && left.every((date, row) => date === right[row]);

/**
 * Lets runs on the same dates share one list of them. A job of forty sleeves then carries one to its thread instead of forty: lists of
 * texts are what a clone takes longest for.
 */
export class SharedDates {
  readonly #lists = new Map<string, Dates>();

  of(run: DeliveredRun): DeliveredRun {
    const streams = [...run.streams].map(([risk, stream]) => {
      const series = { ...stream.series, dates: this.#shared(stream.series.dates) };
      return [risk, { ...stream, series }] as const;
    });
    return { ...run, streams: new Map(streams) };
  }

  #shared(dates: Dates): Dates {
    const name = `${dates.length} ${dates[0]} ${dates.at(-1)}`;
    const known = this.#lists.get(name);
    if (known !== undefined && areSame(known, dates)) return known;
    this.#lists.set(name, dates);
    if (this.#lists.size > listsMax) this.#lists.delete(this.#lists.keys().next().value!);
    return dates;
  }
}
