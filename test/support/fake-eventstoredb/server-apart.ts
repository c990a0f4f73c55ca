import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Calls } from './fake-server.ts';
import type { Said } from './server-program.ts';

/** A fake server in a process of its own. */
export interface ServerApart {
  readonly location: string;
  /** Calls received so far. */
  calls(): Promise<Calls>;
  stop(): Promise<void>;
}

export async function startServerApart(): Promise<ServerApart> {
  const child = fork(join(import.meta.dirname, 'server-program.ts'), [], { execArgv: ['--import', 'tsx'] });
  const next = async (): Promise<Said> => ((await once(child, 'message')) as [Said])[0];
  const { location } = await next();
  return {
    location: location!,
    calls: async () => {
      const answer = next();
      child.send('calls');
      return (await answer).calls!;
    },
    stop: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
