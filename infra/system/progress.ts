import { SingleBar } from 'cli-progress';
import { visible } from '../../domain/shared/visible-text.ts';
import type { Progress } from '../../handlers/ports/ports.ts';

/** Progress on a terminal; silent anywhere else, so that no log file fills with bars. */
export function createProgress(isTerminal: boolean, stream: NodeJS.WritableStream = process.stderr): Progress {
  if (!isTerminal) return { start: () => undefined, advance: () => undefined, stop: () => undefined };
  let bar: SingleBar | null = null;
  const stop = (): void => {
    bar?.stop();
    bar = null;
  };
  return {
    start(label, total) {
      stop();
      bar = new SingleBar({
        stream,
        format: '{label} [{bar}] {value}/{total}',
        hideCursor: true,
        clearOnComplete: true,
        gracefulExit: false,
        barsize: 30,
      });
      bar.start(total, 0, { label: visible(label) });
    },
    advance: (done) => bar?.update(done),
    stop,
  };
}
