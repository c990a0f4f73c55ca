import type { ScanStage } from '../api/answers.ts';
import { events } from '../api/questions.ts';
import { EventLink, Facts, Panel } from '../parts/small.tsx';
import { Answered } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { count, instant, plain } from '../parts/words.ts';
import { useHref, usePlace } from '../state/place.ts';

/** What the fact of a scan says, as far as this page reads it. */
interface Scan {
  readonly id: string;
  readonly recordedAt: string;
  readonly name: string;
  readonly number: number | null;
  readonly asOf: string | null;
  readonly selected: readonly string[];
  readonly stages: readonly ScanStage[];
  readonly fetched: number | null;
}

function scanOf(id: string, recordedAt: string, stream: string, data: Readonly<Record<string, unknown>>): Scan {
  const funnel = (data['funnel'] ?? {}) as { readonly stages?: readonly ScanStage[]; readonly fetched?: number };
  const selected = Array.isArray(data['selected']) ? (data['selected'] as readonly (string | { readonly symbol: string })[]) : [];
  return {
    id,
    recordedAt,
    name: typeof data['scanner'] === 'string' ? data['scanner'] : stream,
    number: typeof data['number'] === 'number' ? data['number'] : null,
    asOf: typeof data['asOf'] === 'string' ? data['asOf'] : null,
    selected: selected.map((one) => (typeof one === 'string' ? one : one.symbol)),
    stages: funnel.stages ?? [],
    fetched: funnel.fetched ?? null,
  };
}

const scanColumns = (href: ReturnType<typeof useHref>): Column<Scan>[] => [
  {
    label: 'scanner',
    value: ({ name }) => name,
    show: ({ name, asOf }) => <a href={href(`/scans/${encodeURIComponent(name)}`, { on: asOf })}>{name}</a>,
  },
  { label: 'number', isNumeric: true, value: ({ number }) => number },
  { label: 'as of', value: ({ asOf }) => asOf, show: ({ asOf }) => asOf ?? 'no date' },
  {
    label: 'fetched',
    isNumeric: true,
    value: ({ fetched }) => fetched,
    show: ({ fetched }) => (fetched === null ? 'none' : count(fetched)),
  },
  { label: 'selected', isNumeric: true, value: ({ selected }) => selected.length },
  {
    label: 'recorded',
    value: ({ recordedAt }) => recordedAt,
    show: ({ recordedAt, id }) => <EventLink event={id} label={instant(recordedAt)} />,
  },
];

/** The `passes` table: what each gate let in and out, and what it costs by itself. */
const stageColumns: readonly Column<ScanStage>[] = [
  { label: 'stage', value: ({ stage }) => stage },
  { label: 'gate', value: ({ gate }) => gate, show: ({ gate }) => plain(gate) },
  { label: 'column', value: ({ column }) => column, show: ({ column }) => column ?? 'several' },
  { label: 'in', isNumeric: true, value: (row) => row.in },
  { label: 'rejected', isNumeric: true, value: ({ rejected }) => rejected },
  { label: 'passes', isNumeric: true, value: ({ out }) => out },
  { label: 'would reject alone', isNumeric: true, value: ({ alone }) => alone, show: ({ alone }) => alone ?? '' },
  { label: 'rejects by itself only', isNumeric: true, value: ({ only }) => only, show: ({ only }) => only ?? '' },
  { label: 'state', value: ({ state }) => state, show: ({ state }) => (state === null ? '' : plain(state)) },
];

function OneScan({ scan }: { readonly scan: Scan }) {
  return (
    <div class="panels">
      <Panel title="Funnel">
        <Facts
          facts={[
            ['As of', scan.asOf ?? 'no date'],
            ['Fetched', scan.fetched === null ? 'not told' : count(scan.fetched)],
            ['Selected', scan.selected.length === 0 ? 'nothing' : scan.selected.join(', ')],
          ]}
        />
        <Table
          caption="What each stage passes"
          columns={stageColumns}
          rows={scan.stages}
          rowKey={({ stage, gate }) => `${stage} ${gate}`}
          command={['scan', 'funnel', scan.name]}
          isOrdered
          empty="The scan has no stage."
        />
      </Panel>
    </div>
  );
}

export function Scans({ scanner }: { readonly scanner: string | null }) {
  const { time, param } = usePlace();
  const on = param('on');
  const href = useHref();
  const question = events({ types: ['ScanRecorded'], limit: 1_000, knownAt: time.knownAt });
  return (
    <>
      <div class="page-head">
        <h1>{scanner === null ? 'Scans' : `Scans of ${scanner}`}</h1>
        {scanner !== null && <a href={href('/scans')}>All scanners</a>}
      </div>
      <Answered question={question} label="scans">
        {(result) => {
          const all = result.events.map(({ id, recordedAt, stream, data }) => scanOf(id, recordedAt, stream, data));
          const shown = all.filter(
            ({ name, asOf }) => (scanner === null || name === scanner) && (time.asOf === null || asOf === null || asOf <= time.asOf),
          );
          const one = on === null ? shown.at(-1) : shown.findLast(({ asOf }) => asOf === on);
          return (
            <>
              <div class="panel">
                <Table
                  caption="Newest first"
                  name="scans"
                  columns={scanColumns(href)}
                  rows={shown.toReversed()}
                  rowKey={({ id }) => id}
                  command={question.command}
                  empty={
                    <>
                      No scan is recorded yet: <code>sleeve-ledger scan run</code> records one.
                    </>
                  }
                />
              </div>
              {scanner !== null && one !== undefined && <OneScan scan={one} />}
              {scanner !== null && on !== null && one === undefined && (
                <p class="empty">
                  No scan of {scanner} is recorded as of {on}: choose one above.
                </p>
              )}
            </>
          );
        }}
      </Answered>
    </>
  );
}
