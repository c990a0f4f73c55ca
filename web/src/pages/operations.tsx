import { useEffect } from 'preact/hooks';
import type { DeadLetter, Status, Workers as WorkersAnswer } from '../api/answers.ts';
import { discardLetter, retryLetter } from '../api/decisions.ts';
import { happenings, liveness } from '../api/live.ts';
import { deadLetters, status, workers } from '../api/questions.ts';
import { useAnswer } from '../api/use-answer.ts';
import { DecisionButton } from '../parts/decision.tsx';
import { Badge, Facts, Panel, PortfolioLink, RunLink } from '../parts/small.tsx';
import { queueOf, type Waiting } from '../parts/queue.ts';
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
            name="letters"
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

const waitingColumns: readonly Column<Waiting>[] = [
  {
    label: 'of',
    value: ({ name }) => name,
    show: ({ kind, name }) => (kind === 'portfolio' ? <PortfolioLink meta={name} /> : name),
  },
  { label: 'kind', value: ({ kind }) => kind },
  { label: 'what', value: ({ what }) => what },
  { label: 'since, or until', value: ({ when }) => when, show: ({ when }) => (when === null ? 'not said' : instant(when)) },
  { label: 'what lets it go on', value: ({ goesOn }) => goesOn },
];

function Queue() {
  const { time } = usePlace();
  const question = status(time);
  return (
    <Answered question={question} label="what waits">
      {(result) => (
        <Table
          caption="What waits, and for whom"
          name="waiting"
          columns={waitingColumns}
          rows={queueOf(result)}
          rowKey={({ kind, name, what }) => `${kind} ${name} ${what}`}
          command={question.command}
          empty="Nothing waits: every result is taken in and decided on."
        />
      )}
    </Answered>
  );
}

type Told = WorkersAnswer['workers'][number];

interface ToldRow extends Pick<Told, 'url' | 'state'> {
  readonly role: string;
  readonly isWell: boolean;
  readonly says: string;
}

const toldColumns: readonly Column<ToldRow>[] = [
  { label: 'worker', value: ({ url }) => url },
  { label: 'state', value: ({ state }) => state, show: ({ state }) => <Badge state={state} /> },
  { label: 'role', value: ({ role }) => role },
  {
    label: 'is well',
    value: ({ isWell }) => (isWell ? 'yes' : 'no'),
    show: ({ isWell }) => <span class={isWell ? 'good' : 'bad'}>{isWell ? 'yes' : 'no'}</span>,
  },
  { label: 'says', value: ({ says }) => says },
];

function toldRows(all: readonly Told[]): readonly ToldRow[] {
  return all.flatMap(({ url, state, why, checks }): readonly ToldRow[] =>
    state === 'away'
      ? [{ url, state, role: 'all', isWell: false, says: why ?? 'nothing' }]
      : checks.map(({ name, ok, detail }) => ({ url, state, role: name, isWell: ok, says: detail })),
  );
}

/** Lag and health of each role, as its worker tells them: it is asked again every ten seconds. */
function Lag() {
  const question = workers();
  const { again } = useAnswer(question);
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === 'visible' && again(), 10_000);
    return () => clearInterval(timer);
  }, [again]);
  return (
    <Answered question={question} label="lag of workers">
      {({ workers: all }) => (
        <Table
          caption="Roles of workers, and how far behind they are"
          columns={toldColumns}
          rows={toldRows(all)}
          rowKey={({ url, role }) => `${url} ${role}`}
          command={question.command}
          empty={
            <>
              No worker is named. Start one with <code>sleeve-ledger work --http 127.0.0.1:9464</code>, and name it to the server:{' '}
              <code>SLEEVE_LEDGER_WORKER_URLS=http://127.0.0.1:9464</code>.
            </>
          }
        />
      )}
    </Answered>
  );
}

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
              Figures over time are metrics, for a Prometheus or the like: each worker serves them at /metrics of its <code>--http</code>.
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
      <Panel title="Queues">
        <Queue />
      </Panel>
      <Panel title="Workers">
        <Lag />
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
