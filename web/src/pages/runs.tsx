import type { Run } from '../api/answers.ts';
import { runs } from '../api/questions.ts';
import { Badge, RunLink } from '../parts/small.tsx';
import { Answered } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { instant } from '../parts/words.ts';
import { usePlace } from '../state/place.ts';

const kinds = ['sleeve', 'meta', 'backtest', 'combination', 'tournament'] as const;

export const runColumns: readonly Column<Run>[] = [
  { label: 'run', value: ({ runId }) => runId, show: ({ runId }) => <RunLink run={runId} /> },
  { label: 'kind', value: ({ kind }) => kind },
  { label: 'of', value: ({ name }) => name },
  { label: 'as of', value: ({ asOf }) => asOf, show: ({ asOf }) => asOf ?? 'no date' },
  { label: 'status', value: ({ status }) => status, show: ({ status }) => <Badge state={status} /> },
  { label: 'grade', value: ({ grade }) => grade, show: ({ grade }) => (grade === null ? '' : <Badge state={grade} />) },
  { label: 'risk profiles', value: ({ risks }) => risks.join(', ') },
  { label: 'recorded', value: ({ recordedAt }) => recordedAt, show: ({ recordedAt }) => instant(recordedAt) },
];

export function Runs() {
  const { time, param, setParams } = usePlace();
  const kind = param('kind');
  const question = runs({ kind, name: param('name') }, time);
  return (
    <>
      <div class="page-head">
        <h1>Runs</h1>
        <label>
          <span class="unseen">Kind</span>
          <select value={kind ?? ''} onChange={({ currentTarget: { value } }) => setParams({ kind: value })}>
            <option value="">Every kind</option>
            {kinds.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </label>
        {param('name') !== null && (
          <button type="button" onClick={() => setParams({ name: null })}>
            Only of {param('name')}: show all
          </button>
        )}
      </div>
      <div class="panel">
        <Answered question={question} label="runs">
          {(result) => (
            <Table
              caption="Newest first"
              name="runs"
              columns={runColumns}
              rows={result.runs.toReversed()}
              rowKey={({ runId, recordedAt }) => `${runId} ${recordedAt}`}
              command={question.command}
              empty={
                <>
                  No such run is recorded. <code>sleeve-ledger flow production</code> makes one of a sleeve.
                </>
              }
            />
          )}
        </Answered>
      </div>
    </>
  );
}
