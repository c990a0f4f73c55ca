import { happenings } from '../api/live.ts';
import { events } from '../api/questions.ts';
import { useAnswer } from '../api/use-answer.ts';
import { usePlace } from '../state/place.ts';
import { useStore } from '../state/store.ts';
import { EventLink } from './small.tsx';
import { counted, eventWords, instant } from './words.ts';

const shownMax = 10;
const reach = 300n;

interface Line {
  readonly at: string;
  /** Null where only its place is known. */
  readonly id: string | null;
  readonly type: string;
  readonly stream: string;
  readonly recordedAt: string;
  /** Events of the same stream before it, told with it. */
  readonly before: number;
}

/** Where positions are numbers, a page of events around one; elsewhere nothing is asked. */
function lastEvents(position: string | null, knownAt: string | null) {
  if (position === null || !/^\d+$/.test(position)) return null;
  const from = BigInt(position) - reach;
  return events({ after: from > 0n ? String(from) : null, limit: 1_000, knownAt });
}

/** Newest first; what one stream said without a break is one line. */
function linesOf(all: readonly Omit<Line, 'before'>[]): readonly Line[] {
  const lines: Line[] = [];
  for (const one of all) {
    const last = lines.at(-1);
    if (last !== undefined && last.stream === one.stream) lines[lines.length - 1] = { ...last, before: last.before + 1 };
    else lines.push({ ...one, before: 0 });
  }
  return lines.slice(0, shownMax);
}

/** The newest events first: those that came while the page was open, and those before. */
export function Ticker({ position }: { readonly position: string | null }) {
  const { time } = usePlace();
  const news = useStore(happenings);
  const { answer } = useAnswer(lastEvents(position, time.knownAt));
  const known = (answer?.result.events ?? [])
    .toReversed()
    .map(({ position: at, id, type, stream, recordedAt }) => ({ at, id, type, stream, recordedAt }));
  const told = news.map(({ position: at, type, event, meta, sleeve, recordedAt }) => ({
    at,
    id: null,
    type: type ?? event,
    stream: meta ?? sleeve ?? '',
    recordedAt: recordedAt ?? '',
  }));
  const lines = linesOf(known.length > 0 ? known : told);
  if (lines.length === 0) return <p class="empty">What happens while this page is open is listed here.</p>;
  return (
    <ol class="ticker" aria-live="polite">
      {lines.map(({ at, id, type, stream, recordedAt, before }) => (
        <li key={at}>
          {id === null ? eventWords(type) : <EventLink event={id} label={eventWords(type)} />}{' '}
          <span class="muted">{recordedAt === '' ? '' : instant(recordedAt)}</span>
          <br />
          <span class="muted">
            {stream}
            {before > 0 && `, and ${counted(before, 'event')} before it`}
          </span>
        </li>
      ))}
    </ol>
  );
}
