import type { Explanation } from '../api/answers.ts';
import { commandLine } from '../api/command-line.ts';
import { explanation, oneEvent } from '../api/questions.ts';
import { useAnswer } from '../api/use-answer.ts';
import { usePlace } from '../state/place.ts';
import { CopyButton } from './copy.tsx';
import { EventLink, RunLink } from './small.tsx';
import { Answered } from './states.tsx';
import { percent } from './words.ts';

interface InputFile {
  readonly name?: string;
  readonly role?: string;
  readonly fileSha256?: string;
}

/** The files behind a sleeve run, as its first event names them. */
function Files({ run }: { readonly run: string }) {
  const event = `sleeveRun-${run}@0`;
  const { answer } = useAnswer(oneEvent(event));
  const inputs = answer?.result.data['inputs'];
  return (
    <ul>
      <li>
        <EventLink event={event} label="how the run was opened" />
      </li>
      {(Array.isArray(inputs) ? (inputs as readonly InputFile[]) : []).map(({ name, role, fileSha256 }) => (
        <li key={`${role} ${name}`}>
          file {name} ({role}) <code>{fileSha256}</code>
        </li>
      ))}
    </ul>
  );
}

function Contribution({ contribution }: { readonly contribution: Explanation['contributions'][number] }) {
  const { path, sleeve, runId, sleeveWeight, assetWeight, amount, bounds } = contribution;
  return (
    <li>
      {percent(amount)} through {path.join('/')}: {percent(sleeveWeight)} of the portfolio × {percent(assetWeight)} of the sleeve
      <ul>
        {bounds.map(({ id, lower, upper, raw, bounded }) => (
          <li key={id}>
            {id} was {percent(raw)} before bounds of {percent(lower)} to {percent(upper)}, and is {percent(bounded)}
            {Math.abs(raw - bounded) > 1e-12 ? ': a bound acts' : ''}
          </li>
        ))}
        <li>
          sleeve {sleeve}, run <RunLink run={runId} />
          <Files run={runId} />
        </li>
      </ul>
    </li>
  );
}

/** Where a weight comes from, down to the files: asset, sleeve, bounds, run, inputs. */
export function Explained({
  meta,
  symbol,
  risk,
  close,
}: {
  readonly meta: string;
  readonly symbol: string;
  readonly risk: string | null;
  readonly close?: () => void;
}) {
  const { time } = usePlace();
  const question = explanation(meta, symbol, risk, time);
  return (
    <>
      <div class="panel-head">
        <h2>Why {symbol}</h2>
        <div class="tools">
          <CopyButton label="Copy command" text={() => commandLine(question.command)} />
          {close !== undefined && (
            <button type="button" onClick={close}>
              Close
            </button>
          )}
        </div>
      </div>
      <Answered question={question} label={`why ${symbol}`}>
        {({ weight, contributions, runId }) => (
          <>
            <p>
              {percent(weight)} of the portfolio in run <RunLink run={runId} />, of{' '}
              {contributions.length === 1 ? 'one part' : `${contributions.length} parts`}:
            </p>
            <ul class="lineage">
              {contributions.map((contribution) => (
                <Contribution key={contribution.path.join('/')} contribution={contribution} />
              ))}
            </ul>
          </>
        )}
      </Answered>
    </>
  );
}
