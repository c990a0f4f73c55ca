/** The fake server as a program of its own, with the latency of a real one: as a real one, it takes no time of whoever asks it. */
import { type Calls, FakeEventStoreDb, realLatency } from './fake-server.ts';

export interface Said {
  readonly location?: string;
  readonly calls?: Calls;
}

const fake = await FakeEventStoreDb.start();
fake.latency = realLatency;
const say = (said: Said): void => void process.send!(said);
process.on('message', () => say({ calls: fake.counted() }));
process.on('disconnect', () => process.exit(0));
say({ location: fake.location });
