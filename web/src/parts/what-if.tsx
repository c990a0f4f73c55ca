import { useState } from 'preact/hooks';
import type { Counterfactual } from '../api/answers.ts';
import { type Answer, ask, Refusal } from '../api/ask.ts';
import { commandLine } from '../api/command-line.ts';
import { CopyButton } from './copy.tsx';
import { Panel } from './small.tsx';
import { Refused } from './states.tsx';
import { Table } from './table.tsx';
import { type Wish, asRecorded, bodyOf, commandOf, joins, paramsOf, profiles, projections, wishIn } from './wish.ts';
import { change, percent, plain } from './words.ts';
import { usePlace } from '../state/place.ts';

type Profile = Counterfactual['profiles'][number];
type ChangeRow = { readonly name: string; readonly before: number; readonly after: number; readonly change: number };

function Outcome({ profile }: { readonly profile: Profile }) {
  const { risk, status, reason } = profile;
  const { sleeves, assets, volatilityExAnte, acceptance } = profile as {
    readonly sleeves?: readonly ChangeRow[];
    readonly assets?: readonly ChangeRow[];
    readonly volatilityExAnte?: { readonly before: number | null; readonly after: number | null };
    readonly acceptance?: readonly { readonly check: string; readonly before: string | null; readonly after: string | null }[];
  };
  const turned = (acceptance ?? []).filter(({ before, after }) => before !== after);
  return (
    <section aria-label={`What if, ${risk}`}>
      <h3>{risk}</h3>
      {status !== 'allocated' && <p class="warn">{`${plain(status)}: ${reason ?? 'no reason is told'}`}</p>}
      {volatilityExAnte !== undefined && (
        <p>
          Volatility ex ante {percent(volatilityExAnte.before)} before, {percent(volatilityExAnte.after)} after.
        </p>
      )}
      {turned.length > 0 && (
        <p class="warn">Acceptance turns: {turned.map(({ check, before, after }) => `${plain(check)} ${before} → ${after}`).join('; ')}</p>
      )}
      {[
        { what: 'sleeve', rows: sleeves ?? [] },
        { what: 'asset', rows: assets ?? [] },
      ].map(({ what, rows }) => (
        <Table
          key={what}
          caption={`Weights by ${what}, ${risk}`}
          rows={rows}
          rowKey={({ name }) => name}
          columns={[
            { label: what, value: ({ name }) => name },
            { label: 'recorded', isNumeric: true, value: ({ before }) => before, show: ({ before }) => percent(before) },
            { label: 'what if', isNumeric: true, value: ({ after }) => after, show: ({ after }) => percent(after) },
            { label: 'change', isNumeric: true, value: ({ change: by }) => by, show: ({ change: by }) => change(by) },
          ]}
          empty="Nothing would be allocated."
        />
      ))}
    </section>
  );
}

interface SliderProps {
  readonly label: string;
  /** Null while it was not moved. */
  readonly value: number | null;
  /** Where it stands then. */
  readonly rest: number;
  readonly move: (value: number) => void;
}

function Slider({ label, value, rest, move }: SliderProps) {
  const told = value === null ? 'as in the run' : percent(value, 1);
  return (
    <label class="field">
      {label}: {told}
      <input
        type="range"
        min={0}
        max={1}
        step={0.005}
        value={value ?? rest}
        aria-valuetext={told}
        onInput={(event) => move(Number(event.currentTarget.value))}
      />
    </label>
  );
}

function Choice({
  label,
  value,
  options,
  choose,
}: {
  label: string;
  value: string;
  options: readonly string[];
  choose: (value: string) => void;
}) {
  return (
    <label class="field">
      {label}
      <select value={value} onChange={(event) => choose(event.currentTarget.value)}>
        <option value="">As in the run</option>
        {options.map((option) => (
          <option key={option} value={option}>
            {plain(option)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** What the run would have allocated under other bounds and ways: computed by the server, recorded nowhere. */
export function WhatIf({ run }: { readonly run: string }) {
  const { param, setParams } = usePlace();
  const [wish, setWish] = useState<Wish>(() => wishIn(param));
  const [outcome, setOutcome] = useState<'idle' | 'computing' | Answer<Counterfactual> | Refusal>('idle');
  const compute = async (): Promise<void> => {
    setOutcome('computing');
    // What was computed can be sent to somebody by its address.
    setParams(paramsOf(wish), { replace: true });
    try {
      setOutcome(await ask<Counterfactual>(`/v1/runs/${encodeURIComponent(run)}/counterfactual`, { method: 'POST', body: bodyOf(wish) }));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      setOutcome(error);
    }
  };
  const reset = (): void => {
    setWish(asRecorded);
    setOutcome('idle');
    setParams(paramsOf(asRecorded), { replace: true });
  };
  return (
    <Panel
      title="What if"
      tools={
        <>
          <CopyButton label="Copy command" text={() => commandLine(commandOf(run, wish))} />
          <button type="button" onClick={reset}>
            As recorded
          </button>
          <button type="button" disabled={outcome === 'computing'} onClick={() => void compute()}>
            {outcome === 'computing' ? 'Computing' : 'Compute'}
          </button>
        </>
      }
    >
      <div class="sliders">
        <Slider label="Least weight of a sleeve" value={wish.least} rest={0} move={(least) => setWish({ ...wish, least })} />
        <Slider label="Greatest weight of a sleeve" value={wish.most} rest={1} move={(most) => setWish({ ...wish, most })} />
        <Choice label="Risk profile" value={wish.profile} options={profiles} choose={(profile) => setWish({ ...wish, profile })} />
        <Choice label="Join" value={wish.join} options={joins} choose={(join) => setWish({ ...wish, join })} />
        <Choice
          label="Into the bounds"
          value={wish.projection}
          options={projections}
          choose={(projection) => setWish({ ...wish, projection })}
        />
      </div>
      {outcome === 'idle' && <p class="muted">Move a bound or choose another way, and compute: nothing is recorded.</p>}
      {outcome instanceof Refusal && <Refused refusal={outcome} again={() => void compute()} />}
      {typeof outcome !== 'string' && !(outcome instanceof Refusal) && (
        <div role="status">
          {outcome.result.profiles.map((profile) => (
            <Outcome key={profile.risk} profile={profile} />
          ))}
        </div>
      )}
    </Panel>
  );
}
