import { QueryClient, QueryClientProvider } from '@tanstack/preact-query';
import { render } from 'preact';
import { Refusal } from './api/ask.ts';
import { App } from './app.tsx';

/** A refusal of what was asked is an answer; a server that is away is asked again. */
function isWorthAnother(failed: number, error: Error): boolean {
  return failed < 2 && !(error instanceof Refusal && error.problem.status < 500);
}

const client = new QueryClient({
  defaultOptions: { queries: { retry: isWorthAnother, staleTime: 5_000, refetchOnWindowFocus: true } },
});

render(
  <QueryClientProvider client={client}>
    <App client={client} />
  </QueryClientProvider>,
  document.querySelector('#page')!,
);
