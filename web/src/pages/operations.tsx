import type { DeadLetter, Status } from '../api/answers.ts';
import { discardLetter, retryLetter } from '../api/decisions.ts';
import { happenings, liveness } from '../api/live.ts';
import { deadLetters, status } from '../api/questions.ts';
import { DecisionButton } from '../parts/decision.tsx';
import { Badge, Facts, Panel, PortfolioLink, RunLink } from '../parts/small.tsx';
import { Answered } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { bytes, count, counted, instant, shortened } from '../parts/words.ts';
import { usePlace } from '../state/place.ts';
import { useStore } from '../state/store.ts';

const letterColumns: readonly Column<DeadLetter>[] = [
  { label: 'letter', value: ({ letterId }) => letterId, show: ({ letterId }) => <code title={letterId}>{letterId.slice(0, 8)}</code> },
  { label: 'sleeve', value: ({ sleeve }) => sleeve, show: ({ sleeve }) => sleeve ?? 'none' },
  {
    label: 'outcome',
    value: ({ resolved }) => resolved?.how ?? null,
    show: ({ resolved, letterId }) =>
      resolved === null ? (
        <span class="tools">
          <DecisionButton decision={retryLetter(letterId)} />
          <DecisionButton decision={discardLetter(letterId)} />
        </span>
      ) : (
        `${resolved.how} by ${resolved.who}: ${resolved.why}`
      ),
  },
  { label: 'refused', value: ({ recordedAt }) => recordedAt, show: ({ recordedAt }) => instant(recordedAt) },
  { label: 'code', value: ({ code }) => code },
  { label: 'reason', value: ({ reason }) => reason },
  { label: 'from', value: ({ topic, partition, offset }) => `${topic}/${partition}/${offset}` },
  { label: 'size', isNumeric: true, value: (letter) => letter.bytes, show: (letter) => bytes(letter.bytes) },
];

function Letters() {
  const { time, param, setParams } = usePlace();
  const all = param('letters') === 'all';
  const question = deadLetters({ all, after: param('after') }, time);
  return (
    <Answered question={question} label="dead letters">
      {({ letters, open, waiting, next }) => (
        <>
          <p>
            {counted(open, 'open letter')}.{' '}
            {waiting.length > 0 &&
              `Behind them wait results of ${waiting.map(({ sleeve, waiting: behind }) => `${sleeve} (${count(behind)})`).join(', ')}.`}
          </p>
          <Table
            caption={all ? 'Every refused message' : 'Refused messages that are open'}
            columns={letterColumns}
            rows={letters}
            rowKey={({ letterId }) => letterId}
            command={question.command}
            tools={
              <label>
                <input
                  type="checkbox"
                  checked={all}
                  onChange={({ currentTarget: { checked } }) => setParams({ letters: checked ? 'all' : null, after: null })}
                />{' '}
                also resolved ones
              </label>
            }
            empty="No message waits: everything that was sent was taken in, retried or discarded."
          />
          {next !== null && (
            <button type="button" onClick={() => setParams({ after: next })}>
              Next page
            </button>
          )}
        </>
      )}
    </Answered>
  );
}

type Portfolio = Status['portfolios'][number];

const queueColumns: readonly Column<Portfolio>[] = [
  { label: 'portfolio', value: ({ meta }) => meta, show: ({ meta }) => <PortfolioLink meta={meta} /> },
  { label: 'state', value: ({ state }) => state, show: ({ state }) => <Badge state={state} /> },
  {
    label: 'last decided',
    value: ({ lastDecision }) => lastDecision?.recordedAt ?? null,
    show: ({ lastDecision }) => (lastDecision === null ? 'never' : instant(lastDecision.recordedAt)),
  },
  {
    label: 'what was decided',
    value: ({ lastDecision }) => lastDecision?.message ?? null,
    show: ({ lastDecision }) => (lastDecision === null ? 'nothing yet' : shortened(lastDecision.message)),
  },
  {
    label: 'run',
    value: ({ lastDecision }) => lastDecision?.runId ?? null,
    show: ({ lastDecision }) => (typeof lastDecision?.runId !== 'string' ? 'none' : <RunLink run={lastDecision.runId} />),
  },
];

function Workers() {
  const { time } = usePlace();
  const how = useStore(liveness);
  const news = useStore(happenings);
  const question = status(time);
  return (
    <Answered question={question} label="workers">
      {({ portfolios, sleeves }, { position }) => {
        const decided = portfolios.flatMap(({ lastDecision }) => (lastDecision === null ? [] : [lastDecision.recordedAt])).toSorted();
        const taken = sleeves.flatMap(({ current }) => (current === null ? [] : [current.recordedAt])).toSorted();
        return (
          <>
            <Facts
              facts={[
                ['Last result taken in', taken.length === 0 ? 'never' : instant(taken.at(-1)!)],
                ['Last decision', decided.length === 0 ? 'never' : instant(decided.at(-1)!)],
                ['Results held', count(sleeves.reduce((sum, { heldResults }) => sum + heldResults, 0))],
                ['Sleeves overdue', count(sleeves.filter(({ overdue }) => overdue.length > 0).length)],
                ['Position', position ?? 'none'],
                [
                  'This page',
                  how === 'live'
                    ? `follows the ledger, ${counted(news.length, 'event')} seen`
                    : how === 'asking'
                      ? 'asks every 10 s'
                      : 'waits for the server',
                ],
              ]}
            />
            <p class="muted">
              Lag, queues and memory of each worker are metrics: <code>sleeve-ledger work --http 127.0.0.1:8464</code> serves them at
              /metrics.
            </p>
            <Table
              caption="What was decided last"
              columns={queueColumns}
              rows={portfolios}
              rowKey={({ meta }) => meta}
              sorted={['last decided', 'descending']}
              command={question.command}
              empty="No portfolio is defined yet."
            />
          </>
        );
      }}
    </Answered>
  );
}

export function Operations() {
  return (
    <>
      <div class="page-head">
        <h1>Operations</h1>
      </div>
      <Panel title="Dead letters">
        <Letters />
      </Panel>
      <Panel title="Workers and queues">
        <Workers />
      </Panel>
      <Panel title="Tokens">
        <p>
          Tokens are made, listed and revoked at the command line of the machine that has the ledger, and nowhere else:{' '}
          <code>sleeve-ledger token create --holder NAME --role viewer</code>, <code>sleeve-ledger token list</code>.
        </p>
      </Panel>
    </>
  );
}
