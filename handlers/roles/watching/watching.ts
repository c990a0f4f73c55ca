import type { Session } from '../../runtime/session.ts';
import type { Role } from '../role.ts';
import { createDirectoryWatcher, type WatchOptions } from './directory-watcher.ts';

/** Takes results in from a folder, as the intake does from a broker. */
export function watching(session: Session, options: WatchOptions): Role {
  const watcher = createDirectoryWatcher(session, options);
  return {
    name: 'watch',
    state: () => ({ ok: true, detail: `${watcher.incomplete.length} directories incomplete` }),
    run: (signal) => watcher.run(signal),
  };
}
