import { useState } from 'preact/hooks';
import type { Parity } from '../api/answers.ts';
import { waive } from '../api/decisions.ts';
import { parity } from '../api/questions.ts';
import { usePlace } from '../state/place.ts';
import { DecisionButton } from './decision.tsx';
import { Badge, Facts } from './small.tsx';
import { Answered } from './states.tsx';
import { type Column, Table } from './table.tsx';
import { count, plain } from './words.ts';

type Leaf = Parity['leaves'][number];

interface BlockRow {
  readonly block: string;
  readonly statuses: Readonly<Record<string, number>>;
  readonly all: number;
}

/** How many leaves of each block are equal, excepted, violated: every status that occurs has its column. */
function blockRows(leaves: readonly Leaf[]): { readonly rows: readonly BlockRow[]; readonly statuses: readonly string[] } {
  const rows = new Map<string, Record<string, number>>();
  for (const { block, status } of leaves) {
    const row = rows.get(block) ?? {};
    row[status] = (row[status] ?? 0) + 1;
    rows.set(block, row);
  }
  const order = ['equal', 'excepted', 'violated'];
  const statuses = [...new Set([...order, ...leaves.map(({ status }) => status)])];
  return {
    statuses,
    rows: [...rows].map(([block, found]) => ({
      block,
      statuses: found,
      all: Object.values(found).reduce((sum, number) => sum + number, 0),
    })),
  };
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function leafColumns(leaves: readonly Leaf[]): Column<Leaf>[] {
  const sleeves = [...new Set(leaves.flatMap(({ values }) => Object.keys(values)))].toSorted();
  return [
    { label: 'leaf', value: ({ path }) => path, show: ({ path }) => <code>{path}</code> },
    { label: 'block', value: ({ block }) => block },
    { label: 'status', value: ({ status }) => status, show: ({ status }) => <Badge state={status} /> },
    ...sleeves.map((sleeve): Column<Leaf> => {
      const valueOf = ({ values }: Leaf): string | null => (sleeve in values ? valueText(values[sleeve]) : null);
      return { label: sleeve, value: valueOf, show: (leaf) => valueOf(leaf) ?? 'absent' };
    }),
  ];
}

function Waiving({ meta, uncovered }: { readonly meta: string; readonly uncovered: readonly string[] }) {
  const [until, setUntil] = useState('');
  return (
    <div class="tools">
      <label class="field">
        Waive them until
        <input type="date" value={until} onChange={({ currentTarget: { value } }) => setUntil(value)} />
      </label>
      {until !== '' && <DecisionButton decision={waive(meta, uncovered, until)} />}
    </div>
  );
}

/** The settings of the sleeves side by side, leaf by leaf; those that differ come first. */
export function ParityMatrix({ meta }: { readonly meta: string }) {
  const { time, param, setParams } = usePlace();
  const isWhole = param('leaves') === 'all';
  const question = parity(meta, time);
  return (
    <Answered question={question} label="parity">
      {({ verdict, decision, leaves, uncovered }) => {
        const { rows, statuses } = blockRows(leaves);
        const differing = leaves.filter(({ status }) => status !== 'equal');
        return (
          <>
            <Facts
              facts={[
                ['Verdict', <Badge state={verdict} />],
                ['Decision', plain(decision)],
                ['Not covered', uncovered.length === 0 ? 'nothing' : uncovered.join(', ')],
              ]}
            />
            {uncovered.length > 0 && <Waiving meta={meta} uncovered={uncovered} />}
            <Table
              caption="By block"
              columns={[
                { label: 'block', value: ({ block }) => block },
                { label: 'leaves', isNumeric: true, value: ({ all }) => all },
                ...statuses.map((status): Column<BlockRow> => ({
                  label: plain(status),
                  isNumeric: true,
                  value: (row) => row.statuses[status] ?? 0,
                })),
              ]}
              rows={rows}
              rowKey={({ block }) => block}
              command={question.command}
              empty="There is nothing to compare."
            />
            <Table
              caption={
                isWhole
                  ? `All ${count(leaves.length)} leaves`
                  : `Leaves that are not equal: ${count(differing.length)} of ${count(leaves.length)}`
              }
              columns={leafColumns(leaves)}
              rows={isWhole ? leaves : differing}
              rowKey={({ path }) => path}
              command={question.command}
              tools={
                <label>
                  <input
                    type="checkbox"
                    checked={isWhole}
                    onChange={({ currentTarget: { checked } }) => setParams({ leaves: checked ? 'all' : null }, { replace: true })}
                  />{' '}
                  also equal ones
                </label>
              }
              empty="Every leaf is equal in all sleeves."
            />
          </>
        );
      }}
    </Answered>
  );
}
