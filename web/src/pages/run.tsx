import { useState } from 'preact/hooks';
import type { Recomputation, Timeline } from '../api/answers.ts';
import { type Answer, ask, Refusal } from '../api/ask.ts';
import { reportOf, timeline } from '../api/questions.ts';
import { useSession } from '../api/session.ts';
import { useAnswer } from '../api/use-answer.ts';
import { MetaLineage, SleeveInputs } from '../parts/run-lineage.tsx';
import { ReportSections } from '../parts/report-blocks.tsx';
import { Badge, EventLink, Facts, Panel, PortfolioLink } from '../parts/small.tsx';
import { Answered, Refused, Shown } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { WhatIf } from '../parts/what-if.tsx';
import { count, eventWords, instant } from '../parts/words.ts';
import { useHref, usePlace } from '../state/place.ts';

type Step = Timeline['events'][number];

const steps: readonly Column<Step>[] = [
  { label: '#', isNumeric: true, value: ({ revision }) => revision },
  { label: 'event', value: ({ type }) => type, show: ({ type, id }) => <EventLink event={id} label={eventWords(type)} /> },
  { label: 'status', value: ({ status }) => status, show: ({ status }) => <Badge state={status} /> },
  { label: 'recorded', value: ({ recordedAt }) => recordedAt, show: ({ recordedAt }) => instant(recordedAt) },
  { label: 'by', value: ({ actor }) => actor },
  { label: 'hash', value: ({ hash }) => hash, show: ({ hash }) => <code title={hash}>{hash.slice(0, 16)}…</code> },
];

const outcomeWords: Readonly<Record<string, string>> = {
  identical: 'Every number has the same bits as recorded.',
  withinTolerance: 'Every number is within 1e-12 of what was recorded.',
};

/** The mathematics run again, from the ledger alone; nothing is recorded. */
function Recompute({ run }: { readonly run: string }) {
  const [state, setState] = useState<'idle' | 'computing' | Answer<Recomputation> | Refusal>('idle');
  const compute = async (): Promise<void> => {
    setState('computing');
    try {
      setState(await ask<Recomputation>(`/v1/runs/${encodeURIComponent(run)}/recomputation`, { method: 'POST', body: {} }));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      setState(error);
    }
  };
  const isIdle = typeof state === 'string';
  return (
    <Panel
      title="Recompute now"
      tools={
        <button type="button" disabled={state === 'computing'} onClick={() => void compute()}>
          {state === 'computing' ? 'Computing' : 'Recompute'}
        </button>
      }
    >
      {isIdle && (
        <p class="muted">
          Computes the run again from what the ledger holds, with this build, and compares every number. Nothing is recorded.
        </p>
      )}
      {state instanceof Refusal && <Refused refusal={state} again={() => void compute()} command={['replay', run]} />}
      {!isIdle && !(state instanceof Refusal) && <Recomputed result={state.result} />}
    </Panel>
  );
}

function Recomputed({ result }: { readonly result: Recomputation }) {
  const [first] = result.runs;
  const { different } = result;
  return (
    <div role="status">
      <p>
        {first !== undefined && <Badge state={first.outcome} />}{' '}
        {outcomeWords[first?.outcome ?? ''] ?? `${count(different.length)} numbers differ.`}
      </p>
      {different.length > 0 && (
        <Table
          caption="What differs"
          rows={different}
          rowKey={({ path }, index) => `${path} ${index}`}
          columns={[
            { label: 'path', value: ({ path }) => path },
            { label: 'recorded', value: ({ recorded }) => JSON.stringify(recorded) },
            { label: 'recomputed', value: ({ recomputed }) => JSON.stringify(recomputed) },
          ]}
          empty="Nothing differs."
        />
      )}
    </div>
  );
}

function Links({ timeline: { kind, name, runId, events, selection } }: { readonly timeline: Timeline }) {
  const href = useHref();
  const { may } = useSession();
  const stream = events[0]?.stream ?? null;
  return (
    <Facts
      facts={[
        ['Run', <code>{runId}</code>],
        ['Of', kind === 'meta' || kind === 'backtest' ? <PortfolioLink meta={name} /> : <a href={href('/runs', { name })}>{name}</a>],
        ['Recorded', events[0] === undefined ? 'nothing' : `${instant(events[0].recordedAt)} by ${events[0].actor}`],
        ...(stream === null ? [] : [['Stream', <a href={href('/ledger', { stream })}>{stream}</a>] as const]),
        ...(may('auditor')
          ? [
              [
                'Evidence',
                <a href={`/v1/runs/${encodeURIComponent(runId)}/bundle`} download>
                  everything that proves it, as one archive
                </a>,
              ] as const,
            ]
          : []),
        ...(selection === undefined || selection === null
          ? []
          : [['Selection', <a href={href(`/selections/${encodeURIComponent(runId)}`)}>who was selected, and why</a>] as const]),
      ]}
    />
  );
}

/** Sections that are open when the page is: the rest is a click away. */
const open = ['summary', 'figures', 'ranking', 'parity', 'result', 'tear-sheet'];

export function RunPage({ run }: { readonly run: string }) {
  const { time } = usePlace();
  const question = timeline(run, time);
  const asked = useAnswer(question);
  const known = asked.answer?.result ?? null;
  return (
    <>
      <div class="page-head">
        <h1>{known === null ? run : `${known.name}${known.asOf === null ? '' : `, as of ${known.asOf}`}`}</h1>
        {known !== null && <Badge state={known.status} />}
        {known !== null && <span class="muted">{known.kind} run</span>}
      </div>
      <Shown asked={asked} label="timeline" command={question.command}>
        {(result) => (
          <>
            <div class="panels">
              <Panel title="The run">
                <Links timeline={result} />
              </Panel>
              <Recompute run={result.runId} />
              <div class="panel whole">
                <Table
                  caption={`Timeline: ${count(result.events.length)} events`}
                  name="timeline"
                  columns={steps}
                  rows={result.events}
                  rowKey={({ id }) => id}
                  command={question.command}
                  empty="The run has no event that is known."
                />
              </div>
              {result.kind === 'sleeve' && <SleeveInputs run={result.runId} />}
              {result.kind === 'meta' && result.status === 'allocated' && (
                <div class="whole">
                  <WhatIf run={result.runId} />
                </div>
              )}
              {result.kind === 'meta' && result.status === 'allocated' && (
                <div class="whole">
                  <MetaLineage meta={result.name} run={result.runId} />
                </div>
              )}
            </div>
            <div class="sections">
              <Answered question={reportOf(result.runId, time)} label="report">
                {(document) => <ReportSections document={document} open={open} />}
              </Answered>
            </div>
          </>
        )}
      </Shown>
    </>
  );
}
