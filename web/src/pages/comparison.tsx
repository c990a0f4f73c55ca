import { useQueries } from '@tanstack/preact-query';
import { useMemo } from 'preact/hooks';
import type { ReportDocument, Run } from '../api/answers.ts';
import { reportOf, runs } from '../api/questions.ts';
import { answerTo } from '../api/use-answer.ts';
import { Chart } from '../parts/chart.tsx';
import type { ChartBlock } from '../parts/chart-block.ts';
import { ReportSections } from '../parts/report-blocks.tsx';
import { Panel, RunLink } from '../parts/small.tsx';
import { Answered, Skeleton } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { usePlace } from '../state/place.ts';
import { runColumns } from './runs.tsx';

type Kind = 'backtest' | 'tournament';
type LineBlock = Extract<ChartBlock, { kind: 'line' }>;
type TableBlock = Extract<ReportDocument['sections'][number]['blocks'][number], { kind: 'table' }>;

interface Loaded {
  readonly run: string;
  readonly document: ReportDocument;
}

const comparedMax = 4;

const blocksIn = ({ sections }: ReportDocument) => sections.flatMap(({ blocks }) => blocks);

function linesOf({ run, document }: Loaded, id: RegExp): readonly { readonly block: LineBlock; readonly run: string }[] {
  return blocksIn(document).flatMap((block) => (block.kind === 'line' && id.test(block.id) ? [{ block, run }] : []));
}

/** The chief lines of several runs on the dates of all of them; null where one has no value. */
function overlaid(all: readonly Loaded[], id: RegExp, caption: string): LineBlock | null {
  const lines = all.flatMap((loaded) => linesOf(loaded, id));
  const [first] = lines;
  if (first === undefined) return null;
  const dates = [...new Set(lines.flatMap(({ block }) => block.dates))].toSorted();
  const place = new Map(dates.map((date, at) => [date, at]));
  const series = lines.slice(0, 8).flatMap(({ block, run }) => {
    const chief = block.series.find(({ emphasised }) => emphasised) ?? block.series[0];
    if (chief === undefined) return [];
    const values: (number | null)[] = dates.map(() => null);
    block.dates.forEach((date, at) => {
      values[place.get(date)!] = chief.values[at] ?? null;
    });
    return [{ name: `${chief.name}, ${run}`, values, emphasised: false }];
  });
  return {
    kind: 'line',
    id: `compared-${id.source.replaceAll(/\W/g, '')}`,
    caption,
    description: `${series.map(({ name }) => name).join('; ')}.`,
    legend: series.map(({ name }) => name),
    dates,
    unit: first.block.unit,
    ...(first.block.scale === undefined ? {} : { scale: first.block.scale }),
    series,
  };
}

interface FigureRow {
  readonly run: string;
  readonly cells: TableBlock['rows'][number];
}

/** The figures of each run below one another, where they have the same heads. */
function FiguresCompared({ all }: { readonly all: readonly Loaded[] }) {
  const tables = all.flatMap(({ run, document }) =>
    blocksIn(document).flatMap((block) => (block.kind === 'table' && block.caption.startsWith('Figures') ? [{ run, block }] : [])),
  );
  const head = tables[0]?.block.columns;
  if (head === undefined) return null;
  const rows = tables.flatMap(({ run, block }) => block.rows.map((cells): FigureRow => ({ run, cells })));
  const columns: Column<FigureRow>[] = [
    { label: 'run', value: ({ run }) => run, show: ({ run }) => <RunLink run={run} /> },
    ...head.map(({ label, numeric }, at): Column<FigureRow> => {
      const text = ({ cells }: FigureRow): string => cells[at]?.text ?? '';
      return { label, isNumeric: numeric, value: (row) => (numeric ? Number.parseFloat(text(row)) : text(row)), show: text };
    }),
  ];
  return (
    <Table
      caption="Figures of each"
      name="figures"
      columns={columns}
      rows={rows}
      rowKey={({ run }, index) => `${run} ${index}`}
      empty="No figures."
    />
  );
}

function Compared({ chosen }: { readonly chosen: readonly string[] }) {
  const { time } = usePlace();
  const asked = useQueries({
    queries: chosen.map((run) => {
      const question = reportOf(run, time);
      return { queryKey: ['answer', question.path], queryFn: ({ signal }: { signal: AbortSignal }) => answerTo(question, signal) };
    }),
  });
  const all = chosen.flatMap((run, at): Loaded[] => {
    const document = asked[at]?.data?.result;
    return document === undefined ? [] : [{ run, document }];
  });
  const charts = useMemo(
    () => [overlaid(all, /^equity-/, 'Growth of 1'), overlaid(all, /^drawdown-/, 'Below the highest wealth so far')],
    [all.map(({ run }) => run).join(' ')],
  );
  if (asked.some(({ isPending }) => isPending)) return <Skeleton label="reports" />;
  return (
    <>
      {asked.flatMap(({ error }, at) =>
        error === null ? [] : [<p class="bad" role="alert" key={chosen[at]}>{`${chosen[at]}: ${error.message}`}</p>],
      )}
      {all.length > 1 && (
        <Panel title="Side by side">
          <FiguresCompared all={all} />
          {charts.map((block) => block !== null && <Chart key={block.id} block={block} />)}
        </Panel>
      )}
      {all.map(({ run, document }) => (
        <section key={run} aria-label={run}>
          <h2 class="run-head">
            <RunLink run={run} />
          </h2>
          <ReportSections document={document} open={all.length === 1 ? document.sections.slice(0, 1).map(({ id }) => id) : []} />
        </section>
      ))}
    </>
  );
}

const words: Readonly<Record<Kind, { readonly title: string; readonly made: string }>> = {
  backtest: { title: 'Backtests', made: 'sleeve-ledger backtest run' },
  tournament: { title: 'Tournaments', made: 'sleeve-ledger tournament run' },
};

/** Runs that test something: one is read whole, several beside one another. */
export function Comparison({ kind }: { readonly kind: Kind }) {
  const { time, param, setParams } = usePlace();
  const question = runs({ kind }, time);
  const { title, made } = words[kind];
  return (
    <>
      <div class="page-head">
        <h1>{title}</h1>
        <p class="muted">Choose up to {comparedMax} to compare them.</p>
      </div>
      <Answered question={question} label={title.toLowerCase()}>
        {({ runs: all }) => {
          const newest = all.at(-1)?.runId;
          const asked = param('runs');
          const chosen = asked === null ? (newest === undefined ? [] : [newest]) : asked.split(',').filter((run) => run !== '');
          const toggle = (run: string): void => {
            const next = chosen.includes(run) ? chosen.filter((one) => one !== run) : [...chosen, run].slice(-comparedMax);
            setParams({ runs: next.length === 0 ? ',' : next.join(',') }, { replace: true });
          };
          const choice: Column<Run> = {
            label: 'compare',
            value: ({ runId }) => (chosen.includes(runId) ? 1 : 0),
            show: ({ runId }) => (
              <input type="checkbox" aria-label={`Compare ${runId}`} checked={chosen.includes(runId)} onChange={() => toggle(runId)} />
            ),
          };
          return (
            <>
              <div class="panel">
                <Table
                  caption="Newest first"
                  name="runs"
                  columns={[...runColumns.filter(({ label }) => label !== 'kind' && label !== 'grade'), choice]}
                  rows={all.toReversed()}
                  rowKey={({ runId, recordedAt }) => `${runId} ${recordedAt}`}
                  command={question.command}
                  empty={
                    <>
                      None is recorded yet: <code>{made}</code> makes one.
                    </>
                  }
                />
              </div>
              <Compared chosen={chosen.filter((run) => all.some(({ runId }) => runId === run))} />
            </>
          );
        }}
      </Answered>
    </>
  );
}
