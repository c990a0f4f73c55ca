import { commandLine } from '../api/command-line.ts';
import { explanation, oneEvent } from '../api/questions.ts';
import { useAnswer } from '../api/use-answer.ts';
import { useHref, usePlace } from '../state/place.ts';
import { CopyButton } from './copy.tsx';
import { type Contribution, inputFilesIn, type LineageLine, lineageOf, openingOf } from './lineage.ts';
import { RunLink } from './small.tsx';
import { Answered } from './states.tsx';
import { percent } from './words.ts';

export function LineLink({ line: { text, href } }: { readonly line: LineageLine }) {
  const toPage = useHref();
  if (href === undefined) return <>{text}</>;
  if (href.startsWith('/v1/'))
    return (
      <a href={href} download>
        {text}
      </a>
    );
  const [path = '', query = ''] = href.split('?');
  return <a href={toPage(path, Object.fromEntries(new URLSearchParams(query)))}>{text}</a>;
}

function Path({ symbol, contribution }: { readonly symbol: string; readonly contribution: Contribution }) {
  const { answer } = useAnswer(oneEvent(openingOf(contribution.runId)));
  const files = answer === null ? null : inputFilesIn(answer.result.data);
  return (
    <ol class="flow" aria-label={`From ${symbol} through ${contribution.path.join('/')} to the files`}>
      {lineageOf(symbol, contribution, files).map(({ head, lines }) => (
        <li key={head}>
          <strong>{head}</strong>
          <ul>
            {lines.map((line) => (
              <li key={line.text}>
                <LineLink line={line} />
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ol>
  );
}

/** Where a weight comes from, down to the files: asset, portfolio, sleeve run, selection, scan, inputs. */
export function Explained({
  meta,
  symbol,
  risk,
  run = null,
  close,
}: {
  readonly meta: string;
  readonly symbol: string;
  readonly risk: string | null;
  /** Of this run; left out for the one that counts. */
  readonly run?: string | null;
  readonly close?: () => void;
}) {
  const { time } = usePlace();
  const question = explanation(meta, symbol, { risk, run }, time);
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
            {contributions.map((contribution) => (
              <Path key={contribution.path.join('/')} symbol={symbol} contribution={contribution} />
            ))}
          </>
        )}
      </Answered>
    </>
  );
}
