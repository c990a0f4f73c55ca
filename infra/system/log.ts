import { createRequire } from 'node:module';
import type * as Pino from 'pino';
import { LedgerError } from '../../domain/shared/errors.ts';
import { visible, visibleJson } from '../../domain/shared/visible-text.ts';
import type { Log } from '../../handlers/ports/ports.ts';
import { maskText, redact } from './redaction.ts';

const levels: readonly string[] = ['debug', 'info', 'warn', 'error', 'silent'];

/** Where lines go: stderr, or a collector in tests. */
export interface LogStream {
  write(text: string): unknown;
}

const require = createRequire(import.meta.url);

const levelNames: Readonly<Record<number, string>> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error' };
const standardMembers = new Set(['level', 'time', 'msg']);

const plainWord = /^[\w.:/@+-]+$/;
const shown = (value: unknown): string => (typeof value === 'string' && plainWord.test(value) ? value : visible(JSON.stringify(value)));

/** `08:00:00 warn message key=value`, one line, for people. */
export function renderForTerminal(line: string): string {
  const record = JSON.parse(line) as Record<string, unknown> & { level: number; time: string; msg: string };
  const members = Object.entries(record).filter(([name]) => !standardMembers.has(name));
  const fields = members.map(([name, value]) => ` ${visible(name)}=${shown(value)}`).join('');
  return `${record.time.slice(11, 19)} ${levelNames[record.level] ?? record.level} ${visible(record.msg)}${fields}\n`;
}

/**
 * Logs to stderr (results go to stdout): JSON lines, or readable lines when it is a terminal. Secrets are masked before
 * anything is written. `ambient` gives fields of the work under way (its trace); the caller's own come after. Errors: ConfigInvalid for an
 * unknown level.
 */
export function createLog(
  level: string,
  isTerminal: boolean,
  stream: LogStream = process.stderr,
  ambient: () => Readonly<Record<string, unknown>> = () => ({}),
): Log {
  if (!levels.includes(level))
    throw new LedgerError('ConfigInvalid', `log level ${level} is none of ${levels.join(', ')}`, { evidence: { level } });
  const write = (line: string): void => void stream.write(isTerminal ? renderForTerminal(line) : visibleJson(line));
  let made: Pino.Logger | null = null;
  /** Loaded with the first line that is written: most commands write none. At once, so that no line comes after what it speaks of. */
  const logger = (): Pino.Logger => {
    if (made !== null) return made;
    const { pino } = require('pino') as typeof Pino;
    return (made = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, { write }));
  };
  const lowest = levels.indexOf(level);
  const at =
    (name: 'debug' | 'info' | 'warn' | 'error') =>
    (fields: Record<string, unknown>, message: string): void => {
      if (levels.indexOf(name) >= lowest) logger()[name](redact({ ...ambient(), ...fields }) as object, maskText(message));
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
