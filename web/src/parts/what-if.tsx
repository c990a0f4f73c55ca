import { useState } from 'preact/hooks';
import type { Counterfactual } from '../api/answers.ts';
import { type Answer, ask, Refusal } from '../api/ask.ts';
import { commandLine } from '../api/command-line.ts';
import { CopyButton } from './copy.tsx';
import { Panel } from './small.tsx';
import { Refused } from './states.tsx';
import { Table } from './table.tsx';
import { change, percent, plain } from './words.ts';

interface Wish {
  readonly least: number;
  readonly most: number;
  readonly join: string;
  readonly projection: string;
  /** Which of these were moved: the others stay as they were in the run. */
  readonly moved: ReadonlySet<'least' | 'most'>;
}

const asRecorded: Wish = { least: 0, most: 1, join: '', projection: '', moved: new Set() };

function bodyOf({ least, most, join, projection, moved }: Wish): {
  readonly set: string[];
  readonly join?: string;
  readonly projection?: string;
} {
  return {
    set: [
      ...(moved.has('least') ? [`meta_allocation.min_weight=${least}`] : []),
      ...(moved.has('most') ? [`meta_allocation.max_weight=${most}`] : []),
    ],
    ...(join === '' ? {} : { join }),
    ...(projection === '' ? {} : { projection }),
  };
}

function commandOf(run: string, wish: Wish): string[] {
  const { set, join, projection } = bodyOf(wish);
  return [
    'counterfactual',
    run,
    ...set.flatMap((one) => ['--set', one]),
    ...(join === undefined ? [] : ['--join', join]),
    ...(projection === undefined ? [] : ['--projection', projection]),
  ];
}

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

function Slider({ label, value, isMoved, move }: { label: string; value: number; isMoved: boolean; move: (value: number) => void }) {
  return (
    <label class="field">
      {label}: {isMoved ? percent(value, 1) : 'as in the run'}
      <input
        type="range"
        min={0}
        max={1}
        step={0.005}
        value={value}
        aria-valuetext={isMoved ? percent(value, 1) : 'as in the run'}
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
            {option}
          </option>
        ))}
      </select>
    </label>
  );
}

/** What the run would have allocated under other bounds and ways: computed by the server, recorded nowhere. */
export function WhatIf({ run }: { readonly run: string }) {
  const [wish, setWish] = useState(asRecorded);
  const [outcome, setOutcome] = useState<'idle' | 'computing' | Answer<Counterfactual> | Refusal>('idle');
  const compute = async (): Promise<void> => {
    setOutcome('computing');
    try {
      setOutcome(await ask<Counterfactual>(`/v1/runs/${encodeURIComponent(run)}/counterfactual`, { method: 'POST', body: bodyOf(wish) }));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      setOutcome(error);
    }
  };
  const move = (name: 'least' | 'most', value: number): void => setWish({ ...wish, [name]: value, moved: new Set([...wish.moved, name]) });
  return (
    <Panel
      title="What if"
      tools={
        <>
          <CopyButton label="Copy command" text={() => commandLine(commandOf(run, wish))} />
          <button type="button" onClick={() => (setWish(asRecorded), setOutcome('idle'))}>
            As recorded
          </button>
          <button type="button" disabled={outcome === 'computing'} onClick={() => void compute()}>
            {outcome === 'computing' ? 'Computing' : 'Compute'}
          </button>
        </>
      }
    >
      <div class="sliders">
        <Slider
          label="Least weight of a sleeve"
          value={wish.least}
          isMoved={wish.moved.has('least')}
          move={(value) => move('least', value)}
        />
        <Slider
          label="Greatest weight of a sleeve"
          value={wish.most}
          isMoved={wish.moved.has('most')}
          move={(value) => move('most', value)}
        />
        <Choice label="Join" value={wish.join} options={['compound', 'drop']} choose={(join) => setWish({ ...wish, join })} />
        <Choice
          label="Into the bounds"
          value={wish.projection}
          options={['euclidean', 'proportional']}
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
