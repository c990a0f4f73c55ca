import type { ComponentChildren } from 'preact';
import { useHref } from '../state/place.ts';
import { plain } from './words.ts';

export function Panel({
  title,
  tools,
  children,
  id,
  isWhole = false,
}: {
  readonly title: string;
  readonly tools?: ComponentChildren;
  readonly children: ComponentChildren;
  readonly id?: string;
  /** As wide as the page, where others stand side by side. */
  readonly isWhole?: boolean;
}) {
  return (
    <section class={isWhole ? 'panel whole' : 'panel'} aria-label={title} id={id}>
      <div class="panel-head">
        <h2>{title}</h2>
        <div class="tools">{tools}</div>
      </div>
      {children}
    </section>
  );
}

export function Facts({ facts }: { readonly facts: readonly (readonly [name: string, value: ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const toneOfState: Readonly<Record<string, string>> = {
  published: 'good',
  accepted: 'good',
  allocated: 'good',
  tested: 'good',
  ranked: 'good',
  combined: 'good',
  running: 'good',
  ready: 'good',
  equal: 'good',
  passed: 'good',
  success: 'good',
  CERTIFIED: 'good',
  NATIVE: 'good',
  CONFORMANT: 'good',
  identical: 'good',
  held: 'warn',
  waiting: 'plain',
  skipped: 'plain',
  excepted: 'warn',
  CONFORMANT_WITH_EXCEPTIONS: 'warn',
  DEGRADED: 'warn',
  unknown: 'warn',
  halted: 'bad',
  away: 'bad',
  'not ready': 'bad',
  refused: 'bad',
  rejected: 'bad',
  failed: 'bad',
  error: 'bad',
  violated: 'bad',
  ineligible: 'bad',
  parity_rejected: 'bad',
  REJECTED: 'bad',
  NON_CONFORMANT: 'bad',
  different: 'bad',
  quarantined: 'bad',
};

/** A state in a word, whose colour says no more than the word does. */
export function Badge({ state }: { readonly state: string }) {
  return <span class={`badge ${toneOfState[state] ?? 'plain'}`}>{plain(state)}</span>;
}

export function RunLink({ run, label }: { readonly run: string; readonly label?: string }) {
  const href = useHref();
  return (
    <a class="code" href={href(`/runs/${encodeURIComponent(run)}`)}>
      {label ?? run}
    </a>
  );
}

export function PortfolioLink({ meta }: { readonly meta: string }) {
  const href = useHref();
  return <a href={href(`/portfolios/${encodeURIComponent(meta)}`)}>{meta}</a>;
}

export function EventLink({ event, label }: { readonly event: string; readonly label: string }) {
  const href = useHref();
  return <a href={href(`/ledger/${encodeURIComponent(event)}`)}>{label}</a>;
}

/** A number with a bar behind it: the bar of the greatest is whole. */
export function Bar({ value, most, children }: { readonly value: number; readonly most: number; readonly children: ComponentChildren }) {
  const share = most === 0 ? 0 : Math.min(1, Math.abs(value) / most);
  return (
    <span class="bar">
      <span class={value < 0 ? 'fill negative' : 'fill'} style={{ inlineSize: `${share * 100}%` }} aria-hidden="true" />
      <span class="bar-text">{children}</span>
    </span>
  );
}
