import type { Events } from '../api/answers.ts';
import { events } from '../api/questions.ts';
import { Verification } from '../parts/verification.tsx';
import { EventLink } from '../parts/small.tsx';
import { Answered } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { eventWords, instant } from '../parts/words.ts';
import { useHref, usePlace } from '../state/place.ts';

type Row = Events['events'][number];

const pageSize = 100;

function columnsOf(href: ReturnType<typeof useHref>): Column<Row>[] {
  return [
    {
      label: 'position',
      isNumeric: true,
      value: ({ position }) => (/^\d+$/.test(position) ? Number(position) : position),
      show: ({ position, id }) => <EventLink event={id} label={position} />,
    },
    { label: 'event', value: ({ type }) => type, show: ({ type, id }) => <EventLink event={id} label={eventWords(type)} /> },
    { label: 'stream', value: ({ stream }) => stream, show: ({ stream }) => <a href={href('/ledger', { stream })}>{stream}</a> },
    { label: '#', isNumeric: true, value: ({ revision }) => revision },
    { label: 'recorded', value: ({ recordedAt }) => recordedAt, show: ({ recordedAt }) => instant(recordedAt) },
    { label: 'by', value: ({ actor }) => actor },
    {
      label: 'data',
      // In full for the search and for who copies it.
      value: ({ data }) => JSON.stringify(data),
      show: ({ data }) => {
        const text = JSON.stringify(data);
        return <code>{text.length > 90 ? `${text.slice(0, 90)}…` : text}</code>;
      },
    },
  ];
}

const wanted = ['stream', 'type', 'after'] as const;

/** Which events are shown: what is chosen stands in the address. */
function Wanted() {
  const { param, setParams } = usePlace();
  const [stream, type, after] = wanted.map(param);
  return (
    <form
      class="tools"
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        const text = (name: string): string => {
          const value = form.get(name);
          return typeof value === 'string' ? value.trim() : '';
        };
        setParams({ stream: text('stream'), type: text('type'), after: text('after') });
      }}
    >
      <label class="field">
        Stream
        <input name="stream" value={stream ?? ''} placeholder="every stream" />
      </label>
      <label class="field">
        Type
        <input name="type" value={type ?? ''} placeholder="every type" />
      </label>
      <label class="field">
        Behind position
        <input name="after" value={after ?? ''} placeholder="the beginning" />
      </label>
      <button type="submit">Show</button>
    </form>
  );
}

export function Ledger() {
  const { time, param, setParams } = usePlace();
  const href = useHref();
  const [stream, type, after] = [param('stream'), param('type'), param('after')];
  const question = events({ stream, types: type === null ? [] : [type], after, limit: pageSize, knownAt: time.knownAt });
  return (
    <>
      <div class="page-head">
        <h1>Ledger</h1>
        <Wanted />
      </div>
      <div class="panel">
        <Answered question={question} label="events">
          {(result) => (
            <>
              <Table
                caption="Events in the order of the ledger"
                columns={columnsOf(href)}
                rows={result.events}
                rowKey={({ id }) => id}
                command={question.command}
                empty={
                  stream === null && type === null
                    ? 'There is no event behind this position.'
                    : 'No event is of this stream and type behind this position.'
                }
              />
              <div class="tools">
                {after !== null && (
                  <button type="button" onClick={() => setParams({ after: null })}>
                    From the beginning
                  </button>
                )}
                {result.next !== null && (
                  <button type="button" onClick={() => setParams({ after: result.next })}>
                    Next page
                  </button>
                )}
              </div>
            </>
          )}
        </Answered>
      </div>
      <Verification />
    </>
  );
}
