import type { MessageBroker, Ports } from '../ports/ports.ts';
import { askingCompute } from '../remote-jobs/asking-compute.ts';
import { backtestCrossing } from '../remote-jobs/crossing.ts';
import { remotePlace } from '../remote-jobs/place.ts';
import type { LazyLedger } from '../runtime/session.ts';
import type { Settings } from '../runtime/settings.ts';
import { type BacktestAnswer, type BacktestPortfolio, backtestPortfolio } from './backtest-portfolio.ts';

/**
 * Backtests a portfolio with its walk-forwards computed by the workers of a broker, which open the same ledger: it is made before they are
 * asked. Facts and errors are those of `backtestPortfolio`; besides JobRefused, TopicMissing, BrokerUnavailable, BrokerRefused.
 */
export async function backtestRemotely(
  tools: Parameters<typeof backtestPortfolio>[0] & Pick<Ports, 'compute' | 'crypto'>,
  broker: MessageBroker,
  settings: Settings,
  ledger: LazyLedger,
  command: BacktestPortfolio,
  signal: AbortSignal,
): Promise<BacktestAnswer> {
  const { ports, ledger: identity } = await ledger.writing();
  const { compute, crypto } = tools;
  const place = remotePlace(settings, identity);
  const asking = askingCompute(ports, { compute, crossing: backtestCrossing(crypto.sha256), broker, place });
  try {
    return await backtestPortfolio({ ...tools, compute: asking }, ledger, command, signal);
  } finally {
    await asking.close();
  }
}
