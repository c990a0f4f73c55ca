import { useMemo } from 'preact/hooks';
import { everyRun } from '../api/questions.ts';
import { useAnswer } from '../api/use-answer.ts';
import { usePlace } from '../state/place.ts';
import { instant } from '../parts/words.ts';

/** Market time and ledger time of the whole page; the slider goes through the instants at which runs were recorded. */
export function TimeBar() {
  const { time, setParams } = usePlace();
  const { answer } = useAnswer(everyRun());
  const instants = useMemo(() => [...new Set(answer?.result.runs.map(({ recordedAt }) => recordedAt) ?? [])].toSorted(), [answer]);
  const last = instants.length;
  const at =
    time.knownAt === null
      ? last
      : Math.max(
          0,
          instants.findLastIndex((one) => one <= time.knownAt!),
        );
  return (
    <div class="time-bar" id="time-bar">
      <div class="bar-row">
        <label class="field">
          As of (session)
          <input
            type="date"
            value={time.asOf ?? ''}
            onChange={({ currentTarget: { value } }) => setParams({ 'as-of': value === '' ? null : value })}
          />
        </label>
        <label class="field">
          Known at (instant or position)
          <input
            type="text"
            placeholder="now"
            value={time.knownAt ?? ''}
            onChange={({ currentTarget: { value } }) => setParams({ 'known-at': value.trim() === '' ? null : value.trim() })}
          />
        </label>
        <label class="field wide">
          Through the time of the ledger{time.knownAt !== null && instants[at] !== undefined ? `: ${instant(instants[at])}` : ': now'}
          <input
            type="range"
            min={0}
            max={last}
            step={1}
            value={at}
            disabled={last === 0}
            aria-valuetext={at >= last ? 'now' : instant(instants[at]!)}
            onChange={({ currentTarget: { value } }) => setParams({ 'known-at': instants[Number(value)] ?? null }, { replace: true })}
          />
        </label>
        <button
          type="button"
          disabled={time.asOf === null && time.knownAt === null}
          onClick={() => setParams({ 'as-of': null, 'known-at': null })}
        >
          Back to now
        </button>
      </div>
    </div>
  );
}
