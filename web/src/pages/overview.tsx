import type { PortfolioStatus, SleeveStatus, Status } from '../api/answers.ts';
import { approveDefinition, approveRun, quarantine, reinstate, rejectDefinition, rejectRun } from '../api/decisions.ts';
import { drift, proof, status } from '../api/questions.ts';
import { useAnswer } from '../api/use-answer.ts';
import { DecisionButton } from '../parts/decision.tsx';
import { driftWords } from '../parts/drifted.ts';
import { Badge, EventLink, Panel, PortfolioLink, RunLink } from '../parts/small.tsx';
import { Answered } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Ticker } from '../parts/ticker.tsx';
import { count, counted, instant, shortened } from '../parts/words.ts';
import { useHref, usePlace } from '../state/place.ts';

function Seal() {
  const { answer, refusal } = useAnswer(proof('ledger@0'));
  if (answer !== null) return <EventLink event="ledger@0" label={`${count(answer.result.treeSize)} events`} />;
  return <>{refusal?.problem.title === 'NotSealed' ? 'nothing yet' : 'not known'}</>;
}

function Figures({ portfolios, sleeves, unassignedLetters }: Status) {
  const href = useHref();
  const letters = sleeves.reduce((sum, { openLetters }) => sum + openLetters, unassignedLetters);
  const waiting = portfolios.filter(({ held, proposed }) => held !== null || proposed !== undefined).length;
  return (
    <dl class="figures">
      <div>
        <dt>Portfolios</dt>
        <dd>{count(portfolios.length)}</dd>
      </div>
      <div>
        <dt>Waiting for approval</dt>
        <dd>{count(waiting)}</dd>
      </div>
      <div>
        <dt>Sleeves</dt>
        <dd>{count(sleeves.length)}</dd>
      </div>
      <div>
        <dt>Dead letters</dt>
        <dd>
          <a href={href('/operations')}>{count(letters)}</a>
        </dd>
      </div>
      <div>
        <dt>Sealed</dt>
        <dd>
          <Seal />
        </dd>
      </div>
    </dl>
  );
}

/** What the publication has become since. */
function Drifted({ meta }: { readonly meta: string }) {
  const { time } = usePlace();
  const { answer, refusal } = useAnswer(drift(meta, time));
  if (answer === null)
    return <p class="muted">{refusal === null ? 'How far it has drifted is being computed.' : refusal.problem.detail}</p>;
  return <p class="muted">{driftWords(answer.result)}</p>;
}

function waitsFor({ haltedWhy, held, proposed, awaited, due, state, lastDecision, leaves }: PortfolioStatus): string {
  if (haltedWhy !== null) return `Halted: ${haltedWhy}`;
  if (held !== null) return `A rebalance waits: ${held.reasons.map(({ message }) => message).join('; ')}`;
  if (proposed !== undefined) return `Definition ${proposed.proposal} waits for approval`;
  if (awaited.length > 0) return `Waits for ${awaited.map(({ sleeve, because }) => `${sleeve} (${because})`).join(', ')}`;
  if (due !== null) return `${due.because === 'cool_down' ? 'Cools down' : 'Collects results'} until ${instant(due.dueAt)}`;
  if (state === 'pending') return 'New results wait for a worker: `sleeve-ledger work` allocates them';
  if (leaves.every(({ runId }) => runId === null)) return 'Waits for the first results of its sleeves';
  // What was published stands below.
  return lastDecision === null || lastDecision.kind === 'published' ? 'Waits for nothing' : shortened(lastDecision.message);
}

function Card({ portfolio }: { readonly portfolio: PortfolioStatus }) {
  const { meta, state, held, proposed, lastPublication, risk } = portfolio;
  const { time } = usePlace();
  return (
    <li class="card">
      <div class="card-head">
        <h3>
          <PortfolioLink meta={meta} />
        </h3>
        <Badge state={state} />
      </div>
      <p>{waitsFor(portfolio)}</p>
      {lastPublication === null ? (
        <p class="muted">Nothing is published yet.</p>
      ) : (
        <p class="muted">
          Publication {lastPublication.number}, as of {lastPublication.asOf}, recorded {instant(lastPublication.recordedAt)}
        </p>
      )}
      {lastPublication !== null && (time.asOf === null || lastPublication.asOf <= time.asOf) && <Drifted meta={meta} />}
      <p class="muted">{risk === null ? 'No risk profile' : `Risk profile ${risk}`}</p>
      {held !== null && (
        <div class="tools">
          <RunLink run={held.runId} label="See the run" />
          <DecisionButton decision={approveRun(held.runId, meta)} />
          <DecisionButton decision={rejectRun(held.runId, meta)} />
        </div>
      )}
      {held === null && proposed !== undefined && (
        <div class="tools">
          <DecisionButton decision={approveDefinition(meta, proposed.proposal)} />
          <DecisionButton decision={rejectDefinition(meta, proposed.proposal)} />
        </div>
      )}
    </li>
  );
}

const sleeveColumns: readonly Column<SleeveStatus>[] = [
  { label: 'sleeve', value: ({ sleeve }) => sleeve },
  { label: 'as of', value: ({ current }) => current?.asOf ?? null, show: ({ current }) => current?.asOf ?? 'no result yet' },
  {
    label: 'state',
    value: ({ current, quarantinedWhy, overdue }) =>
      quarantinedWhy !== null ? 'quarantined' : overdue.length > 0 ? 'overdue' : (current?.eligibility ?? 'waiting'),
    show: ({ current, quarantinedWhy, overdue }) => (
      <>
        <Badge state={quarantinedWhy !== null ? 'quarantined' : (current?.eligibility ?? 'waiting')} />{' '}
        {overdue.length > 0 && <div class="bad">overdue since {overdue[0]!.session}</div>}
        {quarantinedWhy}
      </>
    ),
  },
  { label: 'runs', isNumeric: true, value: ({ runs }) => runs },
  { label: 'dead letters', isNumeric: true, value: ({ openLetters }) => openLetters },
  { label: 'held', isNumeric: true, value: ({ heldResults }) => heldResults },
  {
    label: 'current run',
    value: ({ current }) => current?.runId ?? null,
    show: ({ current }) => (current === null ? 'none' : <RunLink run={current.runId} />),
  },
  {
    label: 'decide',
    value: () => null,
    show: ({ sleeve, quarantinedWhy }) => <DecisionButton decision={quarantinedWhy === null ? quarantine(sleeve) : reinstate(sleeve)} />,
  },
];

export function Overview() {
  const { time } = usePlace();
  const question = status(time);
  return (
    <>
      <div class="page-head">
        <h1>Overview</h1>
      </div>
      <Answered question={question} label="where everything stands">
        {(result, { position }) => (
          <>
            <Figures {...result} />
            {result.portfolios.length === 0 ? (
              <Panel title="Portfolios">
                <p class="empty">
                  No portfolio is defined yet. Write a manifest and apply it: <code>sleeve-ledger manifest apply</code>.
                </p>
              </Panel>
            ) : (
              <>
                <h2 class="unseen">Portfolios</h2>
                <ul class="cards">
                  {result.portfolios.map((portfolio) => (
                    <Card key={portfolio.meta} portfolio={portfolio} />
                  ))}
                </ul>
              </>
            )}
            <div class="panels">
              <Panel title="What somebody should look at">
                {result.attention.length === 0 ? (
                  <p class="empty">Nothing: all is well.</p>
                ) : (
                  <ul class="attention">
                    {result.attention.map((line) => (
                      <li key={line}>{line}</li>
                    ))}
                  </ul>
                )}
              </Panel>
              <Panel title="What happened last">
                <Ticker position={position} />
              </Panel>
              <div class="panel whole">
                <Table
                  caption={`Sleeves: ${counted(result.sleeves.length, 'sleeve')}`}
                  name="sleeves"
                  columns={sleeveColumns}
                  rows={result.sleeves}
                  rowKey={({ sleeve }) => sleeve}
                  command={question.command}
                  empty={
                    <>
                      No sleeve has sent a result yet: <code>sleeve-ledger flow production</code> makes one.
                    </>
                  }
                />
              </div>
            </div>
          </>
        )}
      </Answered>
    </>
  );
}
