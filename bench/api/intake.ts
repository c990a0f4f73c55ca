/** The storm of results again, each sent over HTTP: `sleeve-ledger serve` takes them in, and this process reacts. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { limits } from '../../domain/shared/limits.ts';
import { createToken } from '../../handlers/commands/create-token.ts';
import { openDesk } from '../../test/support/desk/ledger.ts';
import { DeskMarket } from '../../test/support/desk/market.ts';
import { startReaction } from '../../test/support/desk/reacting.ts';
import { tallyOf, type Tally } from '../../test/support/desk/tally.ts';
import { until } from '../../test/support/kafka/ready.ts';
import { stormKeys, stormSize } from '../storm.ts';
import type { Sending, SentFigures } from './intake-apart.ts';
import { serve } from './served-desk.ts';

export interface HttpIntakeFigures extends SentFigures {
  readonly messages: number;
  readonly inFlight: number;
  readonly tally: Tally;
  readonly faults: number;
}

export async function measureHttpIntake(scratch: string): Promise<HttpIntakeFigures> {
  const store = join(scratch, 'http.sqlite');
  const desk = await openDesk({ store }, new DeskMarket(stormSize));
  const { token } = await createToken(desk.session, { holder: 'sender', roles: ['sender'], days: 1 });
  const { reaction, stop } = await startReaction(desk.session, { group: 'bench', concurrency: 4 });
  const served = await serve(store);
  const keys = stormKeys();
  const { sleeves, sessions, seed } = stormSize;
  const sending: Sending = { url: served.url, token, size: { sleeves, sessions, seed }, keys, inFlight: limits.resultsInFlightMax };
  const child = fork(join(import.meta.dirname, 'intake-apart.ts'), { execArgv: ['--import', 'tsx'] });
  child.send(sending);
  const [figures] = (await once(child, 'message')) as [SentFigures];
  await served.end();
  await until('every portfolio is looked at', () => reaction.backlog === 0);
  await stop();
  const tally = await tallyOf(desk.session.ports.store);
  const faults = await desk.faults();
  await desk.close();
  return { ...figures, messages: keys.length, inFlight: sending.inFlight, tally, faults };
}
