import type { Events } from '../api/answers.ts';
import { commandLine } from '../api/command-line.ts';
import { events } from '../api/questions.ts';
import { useSession } from '../api/session.ts';
import { CopyButton } from '../parts/copy.tsx';
import { EventLink, Panel } from '../parts/small.tsx';
import { Answered } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Verification } from '../parts/verification.tsx';
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

const wanted = ['stream', 'type', 'since', 'text', 'after'] as const;

/** As it is read in an address: to the minute, in UTC. */
function instantIn(text: string): string {
  return text === '' || text.endsWith('Z') ? text : `${text}Z`;
}

/** Which events are shown: what is chosen stands in the address. */
function Wanted() {
  const { param, setParams } = usePlace();
  const [stream, type, since, text, after] = wanted.map(param);
  return (
    <form
      class="tools"
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        const textOf = (name: string): string => {
          const value = form.get(name);
          return typeof value === 'string' ? value.trim() : '';
        };
        setParams({
          stream: textOf('stream'),
          type: textOf('type'),
          since: instantIn(textOf('since')),
          text: textOf('text'),
          after: textOf('after'),
        });
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
        Since (UTC)
        <input name="since" type="datetime-local" value={since?.slice(0, 16) ?? ''} />
      </label>
      <label class="field">
        Text in the event
        <input name="text" id="search" type="search" value={text ?? ''} placeholder="any" />
      </label>
      <label class="field">
        Behind position
        <input name="after" value={after ?? ''} placeholder="the beginning" />
      </label>
      <button type="submit">Show</button>
    </form>
  );
}

/** What a stranger verifies with: nothing of this page has to be believed. */
function TakenAway() {
  const { may } = useSession();
  const href = useHref();
  return (
    <Panel
      title="Take the evidence away"
      tools={<CopyButton label="Copy command" text={() => commandLine(['audit', 'verify', 'audit.jsonl'])} />}
    >
      <ul>
        <li>
          <a href="/v1/checkpoint" download="checkpoint.txt">
            The newest signed checkpoint
          </a>
          , to keep and to compare
        </li>
        <li>
          {may('auditor') ? (
            <a href="/v1/audit" download="audit.jsonl">
              Every event as a chained line
            </a>
          ) : (
            <>
              Every event as a chained line: it takes the role auditor. <a href={href('/sign-in')}>Sign in</a> with a token that has it
            </>
          )}
        </li>
        <li>
          Everything that proves one run, as one archive: <a href={href('/runs')}>open the run</a>, where an auditor finds it.
        </li>
      </ul>
    </Panel>
  );
}

export function Ledger() {
  const { time, param, setParams } = usePlace();
  const href = useHref();
  const [stream, type, after] = [param('stream'), param('type'), param('after')];
  const [since, text] = [param('since'), param('text')];
  const types = type === null ? [] : [type];
  const question = events({ stream, types, since, text, after, limit: pageSize, knownAt: time.knownAt });
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
                name="events"
                columns={columnsOf(href)}
                rows={result.events}
                rowKey={({ id }) => id}
                command={question.command}
                empty={
                  result.next !== null
                    ? 'Nothing was found in the 20 000 events that were looked through: the next page looks on.'
                    : 'No event is so behind this position: choose less, or begin from the beginning.'
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
      <TakenAway />
      <Verification />
    </>
  );
}
