import { useEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { liveness } from '../api/live.ts';
import { seldom, status } from '../api/questions.ts';
import { useSession } from '../api/session.ts';
import { useAnswer } from '../api/use-answer.ts';
import { useGo, useHref, usePlace } from '../state/place.ts';
import { choose, scheme, type Scheme } from '../state/scheme.ts';
import { useStore } from '../state/store.ts';
import { TimeBar } from './time-bar.tsx';

const pages: readonly (readonly [path: string, name: string])[] = [
  ['/', 'Overview'],
  ['/runs', 'Runs'],
  ['/backtests', 'Backtests'],
  ['/tournaments', 'Tournaments'],
  ['/selections', 'Selections'],
  ['/scans', 'Scans'],
  ['/ledger', 'Ledger'],
  ['/operations', 'Operations'],
];

const livenessWords = {
  connecting: 'connecting',
  live: 'live',
  asking: 'asking every 10 s',
  away: 'server away',
} as const;

function Navigation() {
  const [at] = useLocation();
  const href = useHref();
  const links = useRef<HTMLElement>(null);
  // On a narrow screen they are more than there is room for.
  useEffect(() => {
    const showCurrent = (): void => links.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
    showCurrent();
    addEventListener('resize', showCurrent);
    return () => removeEventListener('resize', showCurrent);
  }, [at]);
  return (
    <nav aria-label="Pages" ref={links}>
      <ul>
        {pages.map(([path, name]) => (
          <li key={path}>
            <a href={href(path)} aria-current={(path === '/' ? at === '/' : at.startsWith(path)) ? 'page' : undefined}>
              {name}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function PortfolioPicker() {
  const { time } = usePlace();
  const { answer } = useAnswer(seldom(status(time)));
  const [at] = useLocation();
  const go = useGo();
  const href = useHref();
  const current = /^\/portfolios\/([^/]+)/.exec(at)?.[1];
  const metas = answer?.result.portfolios.map(({ meta }) => meta) ?? [];
  return (
    <select
      aria-label="Portfolio"
      value={current === undefined ? '' : decodeURIComponent(current)}
      onChange={({ currentTarget: { value } }) => go(href(value === '' ? '/' : `/portfolios/${encodeURIComponent(value)}`))}
    >
      <option value="">{metas.length === 0 ? 'No portfolio yet' : 'All portfolios'}</option>
      {metas.map((meta) => (
        <option key={meta} value={meta}>
          {meta}
        </option>
      ))}
    </select>
  );
}

function SchemePicker() {
  const chosen = useStore(scheme);
  return (
    <select aria-label="Light or dark" value={chosen} onChange={({ currentTarget: { value } }) => choose(value as Scheme)}>
      <option value="system">As the system</option>
      <option value="light">Light</option>
      <option value="dark">Dark</option>
    </select>
  );
}

function Who() {
  const { identity, isKnown } = useSession();
  const href = useHref();
  if (!isKnown) return null;
  return <a href={href('/sign-in')}>{identity === null || identity.by === 'loopback' ? 'Sign in' : identity.name}</a>;
}

export function Header() {
  const { time } = usePlace();
  const isPast = time.asOf !== null || time.knownAt !== null;
  const [isOpen, setOpen] = useState(isPast);
  const how = useStore(liveness);
  const href = useHref();
  return (
    <>
      <header class="top">
        <div class="bar-row">
          <a class="brand" href={href('/')}>
            <img src="/favicon.svg" alt="" />
            sleeve-ledger
          </a>
          <PortfolioPicker />
          <button type="button" aria-expanded={isOpen} aria-controls="time-bar" onClick={() => setOpen(!isOpen)}>
            {isPast ? 'In the past' : 'Now'}
          </button>
          <span class="spring" />
          <span class={`liveness ${how}`} role="status">
            {livenessWords[how]}
          </span>
          <SchemePicker />
          <Who />
        </div>
        <div class="bar-row">
          <Navigation />
        </div>
        {isOpen && <TimeBar />}
        {isPast && <PastNotice />}
      </header>
    </>
  );
}

function PastNotice() {
  const { time, setParams } = usePlace();
  const told = [
    ...(time.asOf === null ? [] : [`as of the session ${time.asOf}`]),
    ...(time.knownAt === null ? [] : [`as it was known at ${time.knownAt}`]),
  ];
  return (
    <div class="past" role="note">
      You look at the ledger {told.join(', ')}.{' '}
      <button type="button" class="quiet" onClick={() => setParams({ 'as-of': null, 'known-at': null })}>
        Back to now
      </button>
    </div>
  );
}
