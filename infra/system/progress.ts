import type { SingleBar } from 'cli-progress';
import { visible } from '../../domain/shared/visible-text.ts';
import type { Progress } from '../../handlers/ports/ports.ts';

/** Progress on a terminal; silent anywhere else, so that no log file fills with bars. What draws is loaded for the first that is drawn. */
export function createProgress(isTerminal: boolean, stream: NodeJS.WritableStream = process.stderr): Progress {
  if (!isTerminal) return { start: () => undefined, advance: () => undefined, stop: () => undefined };
  let work: { readonly label: string; readonly total: number; done: number } | null = null;
  let bar: SingleBar | null = null;
  const stop = (): void => {
    bar?.stop();
    bar = null;
    work = null;
  };
  const draw = async (begun: NonNullable<typeof work>): Promise<void> => {
    const cliProgress = await import('cli-progress');
    if (work !== begun) return;
    bar = new cliProgress.SingleBar({
      stream,
      format: '{label} [{bar}] {value}/{total}',
      hideCursor: true,
      clearOnComplete: true,
      gracefulExit: false,
      barsize: 30,
    });
    bar.start(begun.total, begun.done, { label: visible(begun.label) });
  };
  return {
    start(label, total) {
      stop();
      work = { label, total, done: 0 };
      void draw(work);
    },
    advance: (done) => {
      if (work !== null) work.done = done;
      bar?.update(done);
    },
    stop,
  };
}
