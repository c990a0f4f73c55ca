import { oneEvent, weights } from '../api/questions.ts';
import { useAnswer } from '../api/use-answer.ts';
import { usePlace } from '../state/place.ts';
import { Explained, LineLink } from './explained.tsx';
import { inputFilesIn, openingOf } from './lineage.ts';
import { EventLink, Panel, RunLink } from './small.tsx';
import { Answered } from './states.tsx';
import { percent, plain } from './words.ts';

interface Consumed {
  readonly path: readonly string[];
  readonly runId: string;
}

interface Opened {
  readonly consumed: readonly Consumed[];
  readonly risks: readonly string[];
}

/** What the first event of a meta run says that it was made of. */
function openedIn(data: Readonly<Record<string, unknown>>): Opened {
  const { consumed, options } = data as {
    readonly consumed?: readonly Consumed[];
    readonly options?: { readonly risks?: readonly string[] };
  };
  return { consumed: consumed ?? [], risks: options?.risks ?? [] };
}

function Asset({ meta, run, risk }: { readonly meta: string; readonly run: string; readonly risk: string }) {
  const { time, param, setParams } = usePlace();
  const symbol = param('asset');
  return (
    <Answered question={weights(meta, { risk, published: false, run }, time)} label="assets of the run">
      {({ assets }) => (
        <>
          <label class="field">
            Asset
            <select value={symbol ?? ''} onChange={({ currentTarget: { value } }) => setParams({ asset: value }, { replace: true })}>
              <option value="">Choose one to follow it to its files</option>
              {assets.map((asset) => (
                <option key={asset.symbol} value={asset.symbol}>
                  {asset.symbol}, {percent(asset.weight)}
                </option>
              ))}
            </select>
          </label>
          {symbol !== null && <Explained meta={meta} symbol={symbol} risk={risk} run={run} />}
        </>
      )}
    </Answered>
  );
}

/** From the assets of a meta run to the files that it rests on. */
export function MetaLineage({ meta, run }: { readonly meta: string; readonly run: string }) {
  const { param, setParams } = usePlace();
  return (
    <Panel title="Lineage">
      <Answered question={oneEvent(`metaRun-${run}@0`)} label="what the run rests on">
        {({ data }) => {
          const { consumed, risks } = openedIn(data);
          const risk = param('risk') ?? risks[0] ?? '';
          return (
            <>
              <p>
                Rests on{' '}
                {consumed.map(({ runId }, at) => (
                  <span key={runId}>
                    {at > 0 && ', '}
                    <RunLink run={runId} />
                  </span>
                ))}
                .
              </p>
              {risks.length > 1 && (
                <label class="field">
                  Risk profile
                  <select value={risk} onChange={({ currentTarget: { value } }) => setParams({ risk: value }, { replace: true })}>
                    {risks.map((one) => (
                      <option key={one} value={one}>
                        {plain(one)}
                      </option>
                    ))}
                  </select>
                </label>
              )}
              {risk !== '' && <Asset meta={meta} run={run} risk={risk} />}
            </>
          );
        }}
      </Answered>
    </Panel>
  );
}

/** The files of a sleeve run, as the ledger keeps them. */
export function SleeveInputs({ run }: { readonly run: string }) {
  const event = openingOf(run);
  const { answer } = useAnswer(oneEvent(event));
  const files = answer === null ? [] : inputFilesIn(answer.result.data);
  return (
    <Panel title="Input files">
      <ul>
        {files.map(({ role, name, artifact }) => (
          <li key={`${role} ${name}`}>
            <LineLink line={{ text: `${plain(role)}: ${name}`, ...(artifact === null ? {} : { href: `/v1/artifacts/${artifact}` }) }} />
          </li>
        ))}
        <li>
          <EventLink event={event} label="how the run was opened" />
        </li>
      </ul>
    </Panel>
  );
}
