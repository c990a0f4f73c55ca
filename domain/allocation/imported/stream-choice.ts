import type { ReturnSeries } from '../../returns/series.ts';
import type { ImportedStream } from './profile.ts';

/** The engine and simulator whose returns are requested; what is left out does not matter. */
export interface RequestedSource {
  readonly engine?: string | undefined;
  readonly simulator?: string | undefined;
}

function sameSeries(left: ReturnSeries, right: ReturnSeries): boolean {
  return (
    left.dates.length === right.dates.length &&
    left.dates.every((date, row) => date === right.dates[row] && left.values[row] === right.values[row])
  );
}

/** Candidates with the same dates and returns stand together, in the order of their paths. */
function byContent<Stream extends ImportedStream>(candidates: readonly Stream[]): Stream[][] {
  const groups: Stream[][] = [];
  for (const candidate of candidates) {
    const group = groups.find((members) => sameSeries(members[0]!.series, candidate.series));
    if (group === undefined) groups.push([candidate]);
    else group.push(candidate);
  }
  return groups;
}

/** One stream out of several that hold the same: the alias when there is one, with the engine and simulator that only one names. */
function represent<Stream extends ImportedStream>(group: readonly Stream[]): Stream {
  const named = group.filter(({ engine }) => engine !== null);
  const stream = group.find(({ engine }) => engine === null) ?? group[0]!;
  const [maker] = named.length === 1 ? named : [];
  return { ...stream, engine: maker?.engine ?? null, simulator: maker?.simulator ?? null };
}

/**
 * The stream of one risk profile out of one candidate or more; null where they hold different returns and nothing singles one out. None is
 * picked silently, and an alias, which the first engine to finish wrote, breaks no tie.
 */
export function chosenStream<Stream extends ImportedStream>(
  candidates: readonly Stream[],
  { engine, simulator }: RequestedSource,
): Stream | null {
  const [first, ...others] = byContent(candidates);
  if (first === undefined || others.length === 0) return first === undefined ? null : represent(first);
  const asked = engine !== undefined || simulator !== undefined;
  const fits = (stream: ImportedStream): boolean =>
    stream.engine !== null &&
    (engine === undefined || engine === stream.engine) &&
    (simulator === undefined || simulator === stream.simulator);
  const [only, ...more] = asked ? byContent(candidates.filter(fits)) : [];
  return only !== undefined && more.length === 0 ? represent(only) : null;
}
