import type { Drift, PortfolioStatus, Publication, ReportDocument, Weights } from '../api/answers.ts';
import { commandLine } from '../api/command-line.ts';
import { approveDefinition, approveRun, halt, rejectDefinition, rejectRun, resume } from '../api/decisions.ts';
import { drift as driftQuestion, publications, reportOf, runsOf, seldom, standing, status, weights } from '../api/questions.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Chart } from '../parts/chart.tsx';
import type { ChartBlock } from '../parts/chart-block.ts';
import { CopyButton } from '../parts/copy.tsx';
import { DecisionButton } from '../parts/decision.tsx';
import { driftWords } from '../parts/drifted.ts';
import { Explained } from '../parts/explained.tsx';
import { ParityMatrix } from '../parts/parity-matrix.tsx';
import { Blocks, blocksOf } from '../parts/report-blocks.tsx';
import { Badge, EventLink, Facts, Panel, RunLink } from '../parts/small.tsx';
import { Answered, Shown } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { AssetWeights, SleeveWeights } from '../parts/weights.tsx';
import { WhatChanged } from '../parts/what-changed.tsx';
import { change, count, counted, instant, percent, plain, shortened } from '../parts/words.ts';
import { useHeld } from '../state/held.ts';
import { usePlace } from '../state/place.ts';

function Standing({ portfolio }: { readonly portfolio: PortfolioStatus }) {
  const { meta, haltedWhy, held, proposed, lastDecision, lastPublication, definition, awaited } = portfolio;
  return (
    <Panel
      title="Where it stands"
      tools={
        <>
          {held !== null && <DecisionButton decision={approveRun(held.runId, meta)} />}
          {held !== null && <DecisionButton decision={rejectRun(held.runId, meta)} />}
          {proposed !== undefined && <DecisionButton decision={approveDefinition(meta, proposed.proposal)} />}
          {proposed !== undefined && <DecisionButton decision={rejectDefinition(meta, proposed.proposal)} />}
          <DecisionButton decision={haltedWhy === null ? halt(meta) : resume(meta)} />
        </>
      }
    >
      <Facts
        facts={[
          ['Definition', definition === null ? 'none in force' : String(definition)],
          ['Last decision', lastDecision === null ? 'none' : `${plain(lastDecision.kind)}: ${shortened(lastDecision.message)}`],
          [
            'Last publication',
            lastPublication === null
              ? 'none'
              : `${lastPublication.number}, as of ${lastPublication.asOf}, ${instant(lastPublication.recordedAt)}`,
          ],
          ...(haltedWhy === null ? [] : [['Halted because', haltedWhy] as const]),
          ...(awaited.length === 0
            ? []
            : [['Waits for', awaited.map(({ sleeve, because }) => `${sleeve} (${because})`).join(', ')] as const]),
        ]}
      />
      {held !== null && (
        <>
          <h3>The rebalance that waits, and the evidence</h3>
          <Facts
            facts={[
              ['Run', <RunLink run={held.runId} />],
              ['As of', held.asOf],
              ['Proposed by', `${held.proposer}: another person has to approve it`],
              ['Held because', held.reasons.map(({ message }) => message).join('; ')],
            ]}
          />
          {lastPublication !== null && lastPublication.runId !== held.runId && (
            <WhatChanged before={lastPublication.runId} after={held.runId} />
          )}
        </>
      )}
    </Panel>
  );
}

const publicationColumns: readonly Column<Publication>[] = [
  {
    label: 'number',
    isNumeric: true,
    value: ({ number }) => number,
    show: ({ number, eventId }) => <EventLink event={eventId} label={String(number)} />,
  },
  { label: 'as of', value: ({ asOf }) => asOf },
  { label: 'recorded', value: ({ recordedAt }) => recordedAt, show: ({ recordedAt }) => instant(recordedAt) },
  { label: 'run', value: ({ runId }) => runId, show: ({ runId }) => <RunLink run={runId} /> },
  {
    label: 'turnover, two-sided',
    isNumeric: true,
    value: ({ rebalance }) => rebalance.turnoverTwoSided,
    show: ({ rebalance }) => (rebalance.turnoverTwoSided === null ? 'first' : percent(rebalance.turnoverTwoSided)),
  },
  {
    label: 'greatest change',
    value: ({ changes }) => changes.assets.toSorted((left, right) => Math.abs(right.change) - Math.abs(left.change))[0]?.name ?? null,
    show: ({ changes }) => {
      const [most] = changes.assets.toSorted((left, right) => Math.abs(right.change) - Math.abs(left.change));
      return most === undefined ? 'none' : `${most.name} ${change(most.change)}`;
    },
  },
  {
    label: 'approved by',
    value: ({ approval }) => approval?.approver ?? null,
    show: ({ approval }) =>
      approval === null ? 'needed nobody' : `${approval.approver ?? 'somebody'}${approval.why === undefined ? '' : `: ${approval.why}`}`,
  },
];

/** What each sleeve was of the portfolio, from publication to publication; the newest of all is still in force behind its date. */
function overTime(all: readonly Publication[], isInForce: boolean): ChartBlock {
  const names = [...new Set(all.flatMap(({ sleeves }) => Object.keys(sleeves)))].toSorted();
  const shown = isInForce ? [...all, all.at(-1)!] : all;
  return {
    kind: 'stack',
    id: 'published-sleeves',
    caption: 'Weights of sleeves in force, from publication to publication',
    description: `${all.length} publications, from ${all[0]!.asOf} to ${all.at(-1)!.asOf}.`,
    legend: names,
    dates: [...all.map(({ asOf }) => asOf), ...(isInForce ? ['in force'] : [])],
    series: names.map((name) => ({ name, values: shown.map(({ sleeves }) => sleeves[name] ?? 0) })),
  };
}

interface ChangeProps {
  readonly meta: string;
  /** A page of publications, the newest first. */
  readonly page: readonly Publication[];
  /** Whether there are older ones on another page. */
  readonly isMore: boolean;
}

/** What one publication changed, by the one before it. */
function Changed({ meta, page, isMore }: ChangeProps) {
  const { time, param, setParams } = usePlace();
  const asked = param('publication');
  const newest = useHeld(page[0]!.number, JSON.stringify([meta, param('behind'), time]));
  const wanted = asked === null ? newest : Number(asked);
  const at = page.findIndex(({ number }) => number === wanted);
  const [after, before] = at < 0 ? [] : page.slice(at, at + 2);
  return (
    <>
      {(page.length > 1 || isMore) && (
        <label class="field">
          What changed with publication
          <select value={String(wanted)} onChange={({ currentTarget: { value } }) => setParams({ publication: value }, { replace: true })}>
            {page.map(({ number, asOf }) => (
              <option key={number} value={String(number)}>
                {number}, as of {asOf}
              </option>
            ))}
          </select>
        </label>
      )}
      {after !== undefined && before !== undefined && <WhatChanged before={before.runId} after={after.runId} />}
      {after !== undefined && before === undefined && !isMore && <p class="muted">It is the first one: nothing was held before.</p>}
      {(after === undefined || (before === undefined && isMore)) && (
        <p class="muted">
          Publication {wanted} and the one before it are on another page.{' '}
          <button type="button" class="quiet" onClick={() => setParams({ publication: String(wanted), behind: String(wanted + 1) })}>
            Go there
          </button>
        </p>
      )}
    </>
  );
}

function History({ meta }: { readonly meta: string }) {
  const { time, param, setParams } = usePlace();
  const behind = param('behind');
  const question = publications(meta, behind, time);
  return (
    <Answered question={question} label="publications">
      {({ publications: page, next }) => (
        <>
          <Table
            caption="Publications"
            name="publications"
            columns={publicationColumns}
            rows={page}
            rowKey={({ eventId }) => eventId}
            command={question.command}
            empty="Nothing is published yet: the first allocation that passes its policy is."
          />
          <div class="tools">
            {behind !== null && (
              <button type="button" onClick={() => setParams({ behind: null, publication: null })}>
                The newest
              </button>
            )}
            {next !== null && (
              <button type="button" onClick={() => setParams({ behind: String(next), publication: null })}>
                Older ones
              </button>
            )}
          </div>
          {page.length > 1 && <Chart block={overTime(page.toReversed(), behind === null)} />}
          {page.length > 0 && <Changed meta={meta} page={page} isMore={next !== null} />}
        </>
      )}
    </Answered>
  );
}

const figures = /^(?:equity|drawdown|risk-|tree|rolling-volatility)/;

function drawn(document: ReportDocument) {
  return blocksOf(
    document,
    (block) =>
      ('id' in block && figures.test(block.id)) ||
      (block.kind === 'table' && /risk|correlation/i.test(block.caption) && block.rows.length > 0),
  );
}

function Figures({ meta, run: newest, risk }: { readonly meta: string; readonly run: string; readonly risk: string }) {
  const { time } = usePlace();
  const run = useHeld(newest, JSON.stringify([meta, risk, time]));
  return (
    <>
      {run !== newest && (
        <p class="muted">
          Of the run <RunLink run={run} />: the newest one follows in a few seconds.
        </p>
      )}
      <Answered question={reportOf(run, time)} label="risk and returns">
        {(document) => {
          const profile = document.sections.filter(({ id }) => id === `profile-${risk}`);
          return <Blocks blocks={drawn({ ...document, sections: profile.length > 0 ? profile : document.sections })} />;
        }}
      </Answered>
    </>
  );
}

interface NewestProps {
  readonly newest: Weights;
  readonly inForce: Weights | null;
  readonly drift: Drift | null;
}

function Newest({ newest, inForce, drift }: NewestProps) {
  const { param, setParams, time } = usePlace();
  const symbol = param('asset');
  return (
    <div class="panels">
      {drift !== null && (
        <div class="panel whole tools">
          <p>{driftWords(drift)}</p>
          <CopyButton label="Copy command" text={() => commandLine(driftQuestion(newest.meta, time).command)} />
        </div>
      )}
      <Panel title="Sleeves">
        <SleeveWeights newest={newest} inForce={inForce} drift={drift} />
      </Panel>
      <Panel title="Assets">
        <AssetWeights
          newest={newest}
          inForce={inForce}
          drift={drift}
          chosen={symbol}
          choose={(asset) => setParams({ asset }, { replace: true })}
        />
      </Panel>
      {symbol !== null && (
        <section class="panel whole">
          <Explained meta={newest.meta} symbol={symbol} risk={newest.risk} close={() => setParams({ asset: null })} />
        </section>
      )}
    </div>
  );
}

function Policy({ publication: { policy } }: { readonly publication: Publication }) {
  const { quorum } = policy;
  return (
    <Facts
      facts={[
        [
          'Allocated when',
          quorum === 'all_at_same_as_of'
            ? 'every sleeve has a result of the same session'
            : `${quorum.at_least} sleeves have one of the newest session, and none is more than ` +
              `${counted(quorum.max_staleness_sessions, 'session')} behind`,
        ],
        ['Results are gathered for', `${count(policy.coalescing_window_seconds)} s`],
        ['Skipped below', `${percent(policy.no_trade_band_two_sided)} of turnover, two-sided`],
        ['Between publications', `${count(policy.cool_down_seconds)} s at least`],
        [
          'Held above',
          policy.max_turnover_two_sided === null ? 'no limit' : `${percent(policy.max_turnover_two_sided)} of turnover, two-sided`,
        ],
        ['Another person approves', policy.maker_checker ? 'every rebalance' : 'what is held'],
        ['Where acceptance fails', policy.on_acceptance_fail === 'hold' ? 'the rebalance is held' : 'it is published all the same'],
      ]}
    />
  );
}

export function Portfolio({ meta }: { readonly meta: string }) {
  const { time, param } = usePlace();
  const risk = param('risk');
  // Only what can be answered is asked: a portfolio may wait for its first results.
  const made = useAnswer(runsOf(meta, time));
  const isMade = made.answer !== null && made.answer.result.runs.length > 0;
  const question = weights(meta, { risk, published: false }, time);
  const newest = useAnswer(isMade ? question : null);
  const history = useAnswer(publications(meta, null, time)).answer?.result.publications ?? [];
  const inForce = useAnswer(history.length > 0 ? weights(meta, { risk: null, published: true }, time) : null);
  const drift = useAnswer(inForce.answer === null ? null : driftQuestion(meta, time)).answer?.result ?? null;
  const everything = useAnswer(seldom(status(time))).answer;
  const listed = everything?.result.portfolios.find((one) => one.meta === meta);
  const portfolio = useAnswer(listed === undefined ? null : standing(meta, time)).answer?.result.portfolios[0] ?? listed;
  const isComparable = portfolio?.leaves.every(({ runId }) => runId !== null) ?? everything !== null;
  // A manifest that no longer knows the portfolio has no newest run of it: what is in force still stands.
  const target = newest.answer?.result ?? (newest.refusal === null ? null : (inForce.answer?.result ?? null));
  return (
    <>
      <div class="page-head">
        <h1>{meta}</h1>
        {portfolio !== undefined && <Badge state={portfolio.state} />}
        {target !== null && (
          <p class="muted">
            Newest run <RunLink run={target.runId} />, as of {target.asOf}, risk profile {target.risk}, gross {percent(target.gross)}, net{' '}
            {percent(target.net)}
          </p>
        )}
      </div>
      {portfolio !== undefined && <Standing portfolio={portfolio} />}
      {target === null ? (
        <Panel title="Weights">
          {isMade || made.answer === null ? (
            <Shown<unknown> asked={isMade ? newest : made} label="weights" command={question.command}>
              {() => null}
            </Shown>
          ) : (
            <p class="empty">Nothing is allocated yet: the first run needs a result of every sleeve.</p>
          )}
        </Panel>
      ) : (
        <>
          <Newest newest={target} inForce={inForce.answer?.result ?? null} drift={drift} />
          <Panel title="Risk, returns and how alike the sleeves are">
            <Figures meta={meta} run={target.runId} risk={target.risk} />
          </Panel>
        </>
      )}
      <Panel title="Parity: whether the sleeves are comparable">
        {isComparable ? <ParityMatrix meta={meta} /> : <p class="empty">There is nothing to compare before every sleeve has a result.</p>}
      </Panel>
      <Panel title="History: what changed, and why">
        <History meta={meta} />
      </Panel>
      {history.length > 0 && (
        <Panel title="Policy of publication">
          <Policy publication={history[0]!} />
        </Panel>
      )}
    </>
  );
}
