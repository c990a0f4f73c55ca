import { useQuery } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import type { LedgerEvent, Proof } from '../api/answers.ts';
import { commandLine } from '../api/command-line.ts';
import { oneEvent, proof } from '../api/questions.ts';
import { CopyButton } from '../parts/copy.tsx';
import { EventLink, Facts, Panel } from '../parts/small.tsx';
import { Answered } from '../parts/states.tsx';
import { bytes, eventWords, instant } from '../parts/words.ts';
import { checkEvent } from '../proof/check.ts';
import { canonicalText } from '../proof/event-bytes.ts';
import { useHref } from '../state/place.ts';

const verdicts = { true: 'Holds', false: 'Broken', null: 'Not known' } as const;

/** Computed here: with a key that somebody brings, nothing of the server is believed. */
function Checks({ event, shown }: { readonly event: LedgerEvent; readonly shown: Proof }) {
  const [brought, setBrought] = useState('');
  const key = brought.trim() === '' ? shown.verifierKey : brought;
  const { data } = useQuery({
    queryKey: ['checked', event.hash, shown.checkpoint, key],
    queryFn: () => checkEvent(event, shown, key),
  });
  const isWhole = data?.every(({ holds }) => holds === true) ?? false;
  return (
    <>
      <p role="status" class={data === undefined ? 'muted' : isWhole ? 'good' : 'warn'}>
        {data === undefined
          ? 'Checking in this browser'
          : isWhole
            ? 'Proved in this browser: the event stands in the ledger that the checkpoint seals.'
            : 'Not everything could be proved: see below.'}
      </p>
      <ul class="checks">
        {(data ?? []).map(({ told, holds, detail }) => (
          <li key={told}>
            <strong class={holds === true ? 'good' : holds === false ? 'bad' : 'warn'}>
              {verdicts[String(holds) as keyof typeof verdicts]}
            </strong>{' '}
            {told}
            <br />
            <code>{detail}</code>
          </li>
        ))}
      </ul>
      <label class="field">
        Verifier key that you trust (left empty: the one that the server names)
        <input value={brought} placeholder={shown.verifierKey} onInput={({ currentTarget: { value } }) => setBrought(value)} />
      </label>
      <details>
        <summary>Checkpoint and path</summary>
        <pre>{shown.checkpoint}</pre>
        <pre>{shown.proof.join('\n')}</pre>
      </details>
    </>
  );
}

function Hashes({ event }: { readonly event: LedgerEvent }) {
  const href = useHref();
  const {
    stream,
    revision,
    position,
    id,
    recordedAt,
    actor,
    hash,
    prevHash,
    contentHash,
    causationId,
    correlationId,
    code,
    schemaVersion,
  } = event;
  return (
    <Facts
      facts={[
        ['Stream', <a href={href('/ledger', { stream })}>{stream}</a>],
        [
          'Revision',
          revision === 0 ? (
            '0, the first'
          ) : (
            <>
              {revision} <EventLink event={`${stream}@${revision - 1}`} label="the one before" />
            </>
          ),
        ],
        ['Position', position],
        ['Recorded', `${instant(recordedAt)} by ${actor}`],
        ['Id', <code>{id}</code>],
        ['Schema', `version ${schemaVersion}`],
        ['Hash', <code>{hash}</code>],
        ['Hash before', <code>{prevHash}</code>],
        ['Content hash', <code>{contentHash}</code>],
        ['Caused by', <code>{causationId}</code>],
        ['Belongs to', <code>{correlationId}</code>],
        ['Made by', <code>{`${code.version}, commit ${code.commit}`}</code>],
      ]}
    />
  );
}

function Bytes({ event }: { readonly event: LedgerEvent }) {
  const text = canonicalText(event);
  const size = new TextEncoder().encode(text).length;
  return (
    <Panel title={`Bytes that are hashed: ${bytes(size)}`} tools={<CopyButton label="Copy bytes" text={() => text} />}>
      <pre tabIndex={0} aria-label="Canonical bytes">
        {text}
      </pre>
    </Panel>
  );
}

export function EventPage({ event: name }: { readonly event: string }) {
  const question = oneEvent(name);
  return (
    <Answered question={question} label="event">
      {(event) => (
        <>
          <div class="page-head">
            <h1>{eventWords(event.type)}</h1>
            <span class="muted">{event.type}</span>
            <CopyButton label="Copy command" text={() => commandLine(question.command)} />
          </div>
          <div class="panels">
            <Panel title="The event">
              <Hashes event={event} />
            </Panel>
            <Panel title="Proof" tools={<CopyButton label="Copy command" text={() => commandLine(proof(name).command)} />}>
              <Answered question={proof(event.id)} label="proof">
                {(shown) => <Checks event={event} shown={shown} />}
              </Answered>
            </Panel>
            <Panel title="Data" tools={<CopyButton label="Copy JSON" text={() => JSON.stringify(event.data, null, 2)} />}>
              <pre tabIndex={0} aria-label="Data of the event">
                {JSON.stringify(event.data, null, 2)}
              </pre>
            </Panel>
            <Bytes event={event} />
          </div>
        </>
      )}
    </Answered>
  );
}
