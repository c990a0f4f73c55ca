import type { Machine } from '../machine.ts';
import type { StormResult } from '../storm.ts';
import type { HttpIntakeFigures } from './intake.ts';
import type { PageFigures } from './page.ts';
import type { QuestionFigures } from './questions.ts';
import type { ReaderFigures } from './readers.ts';

/** What the HTTP API and its page came to, measured by `--api` alone. */
export interface ApiRun {
  readonly measuredAt: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly questions: QuestionFigures;
  readonly readers: ReaderFigures;
  readonly intake: HttpIntakeFigures;
  /** The same results through Kafka, in the same run. */
  readonly kafka: StormResult;
  readonly page: PageFigures;
}
