import { readFileSync } from 'node:fs';

/** The most that the processes below this one held at any look. */
export function watchChildren(): () => number {
  let most = 0;
  const look = (): void => {
    for (const pid of readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean)) {
      try {
        const resident = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
        most = Math.max(most, Number(resident ?? 0) * 1024);
      } catch {
        // It ended between two looks.
      }
    }
  };
  const timer = setInterval(look, 2);
  return () => {
    clearInterval(timer);
    return most;
  };
}
