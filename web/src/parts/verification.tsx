import { useState } from 'preact/hooks';
import { verification } from '../api/questions.ts';
import { Facts, Panel } from './small.tsx';
import { Answered } from './states.tsx';
import { count, counted } from './words.ts';

/** Every hash of the ledger, computed again by the server: when somebody asks, for it takes as long as the ledger is large. */
export function Verification() {
  const [isAsked, setAsked] = useState(false);
  const question = verification();
  return (
    <Panel
      title="Verify the whole ledger"
      tools={
        <button type="button" disabled={isAsked} onClick={() => setAsked(true)}>
          Verify
        </button>
      }
    >
      {!isAsked && (
        <p class="muted">
          The server computes every hash, chain, artifact, tree and checkpoint again. To believe nobody, open an event: its proof is checked
          in this browser.
        </p>
      )}
      {isAsked && (
        <Answered question={question} label="verification">
          {({ events, streams, artifacts, sealedTo, unsealed, faults }) => (
            <div role="status">
              <p class={faults.length === 0 ? 'good' : 'bad'}>
                {faults.length === 0 ? 'No fault was found.' : `${counted(faults.length, 'fault')} found.`}
              </p>
              <Facts
                facts={[
                  ['Events', `${count(events)} in ${counted(streams, 'stream')}`],
                  ['Artifacts', count(artifacts)],
                  ['Sealed', `${count(sealedTo ?? 0)} events, ${count(unsealed)} after the seal`],
                ]}
              />
              {faults.length > 0 && <pre>{JSON.stringify(faults, null, 2)}</pre>}
            </div>
          )}
        </Answered>
      )}
    </Panel>
  );
}
