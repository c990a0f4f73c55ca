import type { QueryClient } from '@tanstack/preact-query';
import { lazy, Suspense } from 'preact/compat';
import { useEffect } from 'preact/hooks';
import { Route, Switch, useLocation } from 'wouter-preact';
import { follow } from './api/live.ts';
import { Footer } from './layout/footer.tsx';
import { Header } from './layout/header.tsx';
import { Keys } from './layout/keys.tsx';
import { Overview } from './pages/overview.tsx';
import { Skeleton } from './parts/states.tsx';
import { listenToKeys } from './state/keys.ts';
import { followLinks } from './state/links.ts';
import { titleOf } from './state/title.ts';

const Portfolio = lazy(async () => (await import('./pages/portfolio.tsx')).Portfolio);
const Runs = lazy(async () => (await import('./pages/runs.tsx')).Runs);
const RunPage = lazy(async () => (await import('./pages/run.tsx')).RunPage);
const Comparison = lazy(async () => (await import('./pages/comparison.tsx')).Comparison);
const Selections = lazy(async () => (await import('./pages/selections.tsx')).Selections);
const Scans = lazy(async () => (await import('./pages/scans.tsx')).Scans);
const Ledger = lazy(async () => (await import('./pages/ledger.tsx')).Ledger);
const EventPage = lazy(async () => (await import('./pages/event.tsx')).EventPage);
const Operations = lazy(async () => (await import('./pages/operations.tsx')).Operations);
const SignIn = lazy(async () => (await import('./pages/sign-in.tsx')).SignIn);

const named = decodeURIComponent;

function Pages() {
  return (
    <Suspense fallback={<Skeleton label="page" />}>
      <Switch>
        <Route path="/">
          <Overview />
        </Route>
        <Route path="/portfolios/:meta">{({ meta }) => <Portfolio key={meta} meta={named(meta)} />}</Route>
        <Route path="/runs">
          <Runs />
        </Route>
        <Route path="/runs/:run">{({ run }) => <RunPage key={run} run={named(run)} />}</Route>
        <Route path="/backtests">
          <Comparison kind="backtest" />
        </Route>
        <Route path="/tournaments">
          <Comparison kind="tournament" />
        </Route>
        <Route path="/selections">
          <Selections run={null} />
        </Route>
        <Route path="/selections/:run">{({ run }) => <Selections run={named(run)} />}</Route>
        <Route path="/scans">
          <Scans scanner={null} />
        </Route>
        <Route path="/scans/:scanner">{({ scanner }) => <Scans scanner={named(scanner)} />}</Route>
        <Route path="/ledger">
          <Ledger />
        </Route>
        <Route path="/ledger/:event">{({ event }) => <EventPage key={event} event={named(event)} />}</Route>
        <Route path="/operations">
          <Operations />
        </Route>
        <Route path="/sign-in">
          <SignIn />
        </Route>
        <Route>
          <h1>Nothing here</h1>
          <p>
            There is no page at this address. <a href="/">Go to the overview.</a>
          </p>
        </Route>
      </Switch>
    </Suspense>
  );
}

export function App({ client }: { readonly client: QueryClient }) {
  const [at] = useLocation();
  useEffect(() => {
    document.title = titleOf(at);
  }, [at]);
  useEffect(() => {
    const stopping = new AbortController();
    void follow(client, stopping.signal);
    const deaf = listenToKeys();
    const unfollow = followLinks();
    return () => {
      stopping.abort();
      deaf();
      unfollow();
    };
  }, [client]);
  return (
    <>
      <a class="skip" href="#content">
        To the content
      </a>
      <Header />
      <main id="content" tabIndex={-1}>
        <Pages />
      </main>
      <Footer />
      <Keys />
    </>
  );
}
