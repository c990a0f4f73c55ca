import { happenings } from '../api/live.ts';
import { events } from '../api/questions.ts';
import { useAnswer } from '../api/use-answer.ts';
import { usePlace } from '../state/place.ts';
import { useStore } from '../state/store.ts';
import { EventLink } from './small.tsx';
import { eventWords, instant } from './words.ts';

const shownMax = 12;

/** Where positions are numbers, the page of events that ends at one; elsewhere nothing is asked. */
function lastEvents(position: string | null, knownAt: string | null) {
  if (position === null || !/^\d+$/.test(position)) return null;
  const before = BigInt(position) - 40n;
  return events({ after: before > 0n ? String(before) : null, limit: 40, knownAt });
}

/** The newest events first: those that came while the page was open, and those before. */
export function Ticker({ position }: { readonly position: string | null }) {
  const { time } = usePlace();
  const news = useStore(happenings);
  const { answer } = useAnswer(lastEvents(position, time.knownAt));
  const known = (answer?.result.events ?? []).toReversed().map(({ position: at, type, stream, recordedAt }) => ({ at, type, stream, recordedAt }));
  const rows =
    known.length > 0
      ? known
      : news.map(({ position: at, type, event, meta, sleeve, recordedAt }) => ({
          at,
          type: type ?? event,
          stream: meta ?? sleeve ?? '',
          recordedAt: recordedAt ?? '',
        }));
  if (rows.length === 0) return <p class="empty">What happens while this page is open is listed here.</p>;
  return (
    <ol class="checks" aria-live="polite" reversed>
      {rows.slice(0, shownMax).map(({ at, type, stream, recordedAt }) => (
        <li key={at}>
          <EventLink event={at} label={eventWords(type)} /> <span class="muted">{stream}</span>
          <br />
          <span class="muted">{recordedAt === '' ? '' : instant(recordedAt)}</span>
        </li>
      ))}
    </ol>
  );
}
