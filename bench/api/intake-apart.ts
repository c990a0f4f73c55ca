/** Sends results over HTTP as fast as they are taken; is told by a message which, and answers how long it took. */
import { Agent, request } from 'node:http';
import { inLanes } from '../../domain/shared/in-lanes.ts';
import type { MessageToSend } from '../../handlers/ports/ports.ts';
import { DeskMarket, type DeskSize, type ResultKey } from '../../test/support/desk/market.ts';
import { type Percentiles, percentilesOf } from '../percentiles.ts';

export interface Sending {
  readonly url: string;
  readonly token: string;
  readonly size: DeskSize;
  readonly keys: readonly ResultKey[];
  readonly inFlight: number;
}

export interface SentFigures {
  readonly resultsPerSecond: number;
  readonly seconds: number;
  /** From the request to its answer. */
  readonly answered: Percentiles;
  /** Requests that were not answered with 200. */
  readonly failed: number;
}

process.once('message', ({ url, token, size, keys, inFlight }: Sending) => {
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
  const market = new DeskMarket(size);
  const post = ({ value, headers }: MessageToSend): Promise<number> =>
    new Promise((resolve, reject) => {
      const options = { method: 'POST', agent, headers: { ...headers, authorization: `Bearer ${token}` } };
      request(`${url}/v1/sleeve-results`, options, (answer) => answer.resume().once('end', () => resolve(answer.statusCode!)))
        .once('error', reject)
        .end(value);
    });
  const send = async (): Promise<void> => {
    const times: number[] = [];
    let failed = 0;
    const started = performance.now();
    await inLanes(inFlight, keys, async (key) => {
      const sent = performance.now();
      if ((await post(market.message(key))) !== 200) failed++;
      times.push(performance.now() - sent);
    });
    const seconds = (performance.now() - started) / 1_000;
    const figures: SentFigures = { resultsPerSecond: keys.length / seconds, seconds, answered: percentilesOf(times), failed };
    process.send!(figures, () => process.exit(0));
  };
  void send();
});
