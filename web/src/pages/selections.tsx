import type { SelectionBattles, SelectionDecision, SelectionOfRun } from '../api/answers.ts';
import { events, selectionBattles, selectionFunnel, timeline } from '../api/questions.ts';
import { Chart } from '../parts/chart.tsx';
import type { ChartBlock } from '../parts/chart-block.ts';
import { Badge, Facts, Panel, RunLink } from '../parts/small.tsx';
import { Answered } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { count, decimal, instant, percent, plain } from '../parts/words.ts';
import { useHref, usePlace } from '../state/place.ts';

/** Where a branch of the tree begins: its place among the leaves, and its height. */
interface Branch {
  readonly place: number;
  readonly height: number;
}

const selectionTypes = ['AssetsSelected', 'SleeveSelected', 'SelectionAborted', 'EntrantsSelected'];

interface SelectingRun {
  readonly run: string;
  readonly type: string;
  readonly recordedAt: string;
}

/** Runs that selected, newest first: one line each. */
function List() {
  const { time } = usePlace();
  const href = useHref();
  const question = events({ types: selectionTypes, limit: 1_000, knownAt: time.knownAt });
  return (
    <Answered question={question} label="selections">
      {(result) => {
        const found = new Map<string, SelectingRun>();
        for (const { stream, type, recordedAt } of result.events) {
          const run = stream.slice(stream.indexOf('-') + 1);
          found.set(run, { run, type, recordedAt });
        }
        const columns: Column<SelectingRun>[] = [
          { label: 'run', value: ({ run }) => run, show: ({ run }) => <a href={href(`/selections/${encodeURIComponent(run)}`)}>{run}</a> },
          { label: 'outcome', value: ({ type }) => type, show: ({ type }) => (type === 'SelectionAborted' ? 'aborted' : 'selected') },
          { label: 'recorded', value: ({ recordedAt }) => recordedAt, show: ({ recordedAt }) => instant(recordedAt) },
        ];
        return (
          <Table
            caption="Runs that selected"
            name="selections"
            columns={columns}
            rows={[...found.values()].toReversed()}
            rowKey={({ run }) => run}
            command={question.command}
            empty={
              <>
                No run has selected yet: set <code>selection.selection_mode</code> in the profile of a sleeve.
              </>
            }
          />
        );
      }}
    </Answered>
  );
}

type Winner = NonNullable<SelectionDecision['winners']>[number];

/** Scores are products of many factors, and may be very small. */
const scored = (score: number): string => (Math.abs(score) < 1e-4 && score !== 0 ? score.toExponential(2) : decimal(score, 6));

const winnerColumns: readonly Column<Winner>[] = [
  { label: 'symbol', value: ({ symbol }) => symbol },
  { label: 'direction', value: ({ direction }) => direction, show: ({ direction }) => plain(direction) },
  { label: 'cluster', value: ({ cluster }) => cluster },
  { label: 'stage', isNumeric: true, value: ({ stage }) => stage },
  {
    label: 'score',
    isNumeric: true,
    value: ({ score }) => score,
    show: ({ score }) => scored(score),
  },
];

function Decision({ decision }: { readonly decision: SelectionDecision }) {
  const { candidates, target, won, mode, quadrant, first, newestRead, afterStage, vetoes, winners } = decision;
  return (
    <>
      <Facts
        facts={[
          ['Mode', mode],
          ['Read', `${first} to ${newestRead}`],
          ['Regime', quadrant === null ? 'not known' : plain(quadrant)],
          ['Candidates', count(candidates)],
          ['Winners', `${count(won)}, ${count(target)} wanted`],
          ['After each stage', afterStage.map(count).join(' → ')],
          [
            'Vetoes',
            vetoes.histogram.length === 0
              ? 'none'
              : vetoes.histogram.map(({ code, count: times }) => `${plain(code)} ${count(times)}`).join(', '),
          ],
        ]}
      />
      <Table
        caption="Winners"
        columns={winnerColumns}
        rows={winners ?? []}
        rowKey={({ symbol, direction }) => `${symbol} ${direction}`}
        empty="Nobody won."
      />
    </>
  );
}

function Funnel({ run, window }: { readonly run: string; readonly window: string | null }) {
  const question = selectionFunnel(run, window);
  return (
    <Answered question={question} label="funnel">
      {({ funnel }) => {
        const { candidates, excluded, vetoed, gated, admittedByStage, winners } = funnel;
        const rows = [
          { step: 'candidates', symbols: candidates },
          { step: 'left out', symbols: -excluded },
          ...vetoed.map(({ code, count: times }) => ({ step: `vetoed: ${plain(code)}`, symbols: -times })),
          { step: 'stopped at the gate', symbols: -gated },
          ...admittedByStage.map((symbols, at) => ({ step: `admitted at stage ${at + 1}`, symbols })),
          { step: 'winners', symbols: winners },
        ];
        return (
          <Table
            caption="Candidates after each step"
            isOrdered
            columns={[
              { label: 'step', value: ({ step }) => step },
              { label: 'symbols', isNumeric: true, value: ({ symbols }) => symbols, show: ({ symbols }) => count(symbols) },
            ]}
            rows={rows}
            rowKey={({ step }) => step}
            command={question.command}
            empty="Nothing was judged."
          />
        );
      }}
    </Answered>
  );
}

/** Merges as the definitions of charts take them: leaves in the order in which the tree is drawn without crossings. */
export function treeOf({ symbols, clusters }: SelectionBattles): ChartBlock | null {
  const linkage = clusters?.linkage ?? [];
  if (linkage.length === 0 || linkage.length !== symbols.length - 1) return null;
  const leavesBelow = (node: number): number[] => {
    if (node < symbols.length) return [node];
    const [left, right] = linkage[node - symbols.length]!;
    return [...leavesBelow(left), ...leavesBelow(right)];
  };
  const order = leavesBelow(symbols.length + linkage.length - 1);
  const branches: Branch[] = order.map(() => ({ place: 0, height: 0 }));
  order.forEach((leaf, place) => {
    branches[leaf] = { place, height: 0 };
  });
  const merges = linkage.map(([left, right, height]) => {
    const pair: [Branch, Branch] = [branches[left]!, branches[right]!];
    branches.push({ place: (pair[0].place + pair[1].place) / 2, height });
    return { height, branches: pair };
  });
  return {
    kind: 'tree',
    id: 'battles-tree',
    caption: 'Who is alike: what meets early competes',
    description: `${symbols.length} symbols, from ${order.map((leaf) => symbols[leaf]).join(', ')}.`,
    legend: [],
    leaves: order.map((leaf) => symbols[leaf]!),
    merges,
  };
}

function Battles({ run, window }: { readonly run: string; readonly window: string | null }) {
  const question = selectionBattles(run, window);
  return (
    <Answered question={question} label="battles">
      {(result) => {
        const rows = result.battles.flatMap(({ id, winnersMax, contenders }) =>
          contenders.map((contender) => ({ id, winnersMax, ...contender })),
        );
        const tree = treeOf(result);
        return (
          <>
            <Table
              caption="Battles, cluster by cluster"
              name="battles"
              columns={[
                { label: 'cluster', value: ({ id }) => id },
                { label: 'symbol', value: ({ symbol }) => symbol },
                { label: 'direction', value: ({ direction }) => direction, show: ({ direction }) => plain(direction) },
                { label: 'standing', value: ({ standing }) => standing.kind, show: ({ standing }) => plain(standing.kind) },
                { label: 'may win', isNumeric: true, value: ({ winnersMax }) => winnersMax },
                { label: 'score', isNumeric: true, value: ({ score }) => score, show: ({ score }) => scored(score) },
              ]}
              rows={rows}
              rowKey={({ id, symbol, direction }) => `${id} ${symbol} ${direction}`}
              command={question.command}
              empty="There was no battle."
            />
            {tree !== null && <Chart block={tree} />}
          </>
        );
      }}
    </Answered>
  );
}

function Windows({ selection }: { readonly selection: SelectionOfRun }) {
  const { windows, stability } = selection;
  const selecting = stability?.selecting ?? 0;
  return (
    <>
      <Facts
        facts={[
          ['Windows that selected', count(stability?.selecting ?? 0)],
          ['Mean Jaccard', decimal(stability?.meanJaccard, 3)],
          ['Aborted', count(selection.aborted.length)],
        ]}
      />
      <Table
        caption="Windows"
        columns={[
          { label: 'window', isNumeric: true, value: ({ window }) => window },
          { label: 'read to', value: ({ newestRead }) => newestRead },
          {
            label: 'regime',
            value: ({ quadrant }) => quadrant,
            show: ({ quadrant }) => (quadrant === null ? 'not known' : plain(quadrant)),
          },
          { label: 'candidates', isNumeric: true, value: ({ candidates }) => candidates },
          { label: 'won', isNumeric: true, value: ({ won }) => won },
          {
            label: 'Jaccard with the one before',
            isNumeric: true,
            value: ({ window }) => stability?.jaccards[window ?? -1] ?? null,
            show: ({ window }) => decimal(stability?.jaccards[window ?? -1], 3),
          },
          { label: 'winners', value: ({ winners }) => (winners ?? []).map(({ symbol }) => symbol).join(', ') },
        ]}
        rows={windows}
        rowKey={({ window }) => String(window)}
        empty="The run selected once, for all windows."
      />
      <Table
        caption="Who won how often"
        columns={[
          { label: 'symbol', value: ({ symbol }) => symbol },
          { label: 'windows', isNumeric: true, value: ({ windows: times }) => times },
          {
            label: 'share',
            isNumeric: true,
            value: ({ windows: times }) => times / selecting,
            show: ({ windows: times }) => percent(times / selecting, 0),
          },
        ]}
        rows={stability?.wins ?? []}
        rowKey={({ symbol }) => symbol}
        empty="Nobody won in any window."
      />
    </>
  );
}

function One({ run }: { readonly run: string }) {
  const { time, param, setParams } = usePlace();
  const window = param('window');
  return (
    <Answered question={timeline(run, time)} label="selection">
      {({ selection, name, asOf, status }) => {
        if (selection === undefined || selection === null) return <p class="empty">This run did not select.</p>;
        const told: SelectionOfRun = selection;
        const decision = window === null ? told.current : (told.windows.find((one) => String(one.window) === window) ?? null);
        return (
          <>
            <p>
              {name}, as of {asOf}: <Badge state={status} /> <RunLink run={run} />
            </p>
            <label class="field">
              Decision
              <select value={window ?? ''} onChange={({ currentTarget: { value } }) => setParams({ window: value }, { replace: true })}>
                <option value="">{told.current === null ? 'None is current' : 'The current one'}</option>
                {told.windows.map((one) => (
                  <option key={one.window} value={String(one.window)}>
                    Window {one.window}, read to {one.newestRead}
                  </option>
                ))}
              </select>
            </label>
            <div class="panels">
              <Panel title="The decision">
                {decision === null ? <p class="empty">Choose a window.</p> : <Decision decision={decision} />}
              </Panel>
              <Panel title="Funnel">
                <Funnel run={run} window={window} />
              </Panel>
              <Panel title="Battles">
                <Battles run={run} window={window} />
              </Panel>
              <Panel title="Over the windows" isWhole>
                <Windows selection={told} />
              </Panel>
            </div>
          </>
        );
      }}
    </Answered>
  );
}

export function Selections({ run }: { readonly run: string | null }) {
  const href = useHref();
  return (
    <>
      <div class="page-head">
        <h1>{run === null ? 'Selections' : `Selection of ${run}`}</h1>
        {run !== null && <a href={href('/selections')}>All selections</a>}
      </div>
      {run === null ? (
        <div class="panel">
          <List />
        </div>
      ) : (
        <One run={run} />
      )}
    </>
  );
}
