import { LedgerError } from '../shared/errors.ts';
import { limits } from '../shared/limits.ts';

export interface KeyPlace {
  readonly path: string;
  readonly line: number;
}

export interface JsonPositions {
  /** Line (1-based) on which the value of each JSON path begins; the root is ''. */
  readonly lines: ReadonlyMap<string, number>;
  /** Members written twice: a parser would silently keep the last. */
  readonly duplicates: readonly KeyPlace[];
  /** Members named `__proto__`, which libraries drop or take for something else. */
  readonly reserved: readonly KeyPlace[];
}

const whitespace = /[ \t\n\r]*/y;
const string = /"(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.])/y;

/** `profiles.meta.sleeves[0].id`: how this system writes a place in a JSON document. */
export function joinPath(path: readonly PropertyKey[]): string {
  let text = '';
  for (const part of path) text += typeof part === 'number' ? `[${part}]` : text === '' ? String(part) : `.${String(part)}`;
  return text;
}

class Scanner {
  private index = 0;
  private countedTo = 0;
  private lineAtCounted = 1;
  private values = 0;
  readonly lines = new Map<string, number>();
  readonly duplicates: KeyPlace[] = [];
  readonly reserved: KeyPlace[] = [];

  constructor(
    private readonly text: string,
    private readonly file: string | undefined,
  ) {}

  scan(): void {
    this.value([]);
    this.skip(whitespace);
    if (this.index < this.text.length) this.refuse('text after the end of the document');
  }

  private line(): number {
    for (; this.countedTo < this.index; this.countedTo++) if (this.text[this.countedTo] === '\n') this.lineAtCounted += 1;
    return this.lineAtCounted;
  }

  private refuse(why: string): never {
    const line = this.line();
    const column = this.index - this.text.lastIndexOf('\n', this.index - 1);
    throw new LedgerError('ManifestInvalid', `Line ${line}, column ${column} is not JSON: ${why}.`, {
      evidence: { line, column },
      at: { ...(this.file === undefined ? {} : { file: this.file }), line },
    });
  }

  private refuseSize(what: string, found: number, max: number): never {
    const line = this.line();
    throw new LedgerError('LimitExceeded', `Line ${line}: ${found} ${what}, at most ${max} are read.`, {
      evidence: { found, max, line },
      at: { ...(this.file === undefined ? {} : { file: this.file }), line },
    });
  }

  private skip(pattern: RegExp): string | null {
    pattern.lastIndex = this.index;
    const found = pattern.exec(this.text);
    if (found === null) return null;
    this.index += found[0].length;
    return found[0];
  }

  private take(character: string): boolean {
    this.skip(whitespace);
    if (this.text[this.index] !== character) return false;
    this.index += 1;
    return true;
  }

  private quoted(): string | null {
    const start = this.index;
    const found = this.skip(string);
    if (found === null) return null;
    for (let at = 0; at < found.length; at++) {
      if (found.charCodeAt(at) >= 0x20) continue;
      this.index = start + at;
      this.refuse('a control character stands in a string: write it as an escape');
    }
    return found;
  }

  private key(): string {
    this.skip(whitespace);
    const quoted = this.quoted();
    if (quoted === null) this.refuse('a member name in double quotes was expected');
    if (!this.take(':')) this.refuse('a colon was expected');
    const key = JSON.parse(quoted) as string;
    if (key.length > limits.manifestNameCharsMax) this.refuseSize('characters in a name', key.length, limits.manifestNameCharsMax);
    return key;
  }

  private value(path: readonly PropertyKey[]): void {
    if (path.length > limits.jsonDepthMax) this.refuse(`nested deeper than ${limits.jsonDepthMax}`);
    this.skip(whitespace);
    const here = joinPath(path);
    if (here.length > limits.manifestPathCharsMax)
      this.refuseSize('characters in the path of a value', here.length, limits.manifestPathCharsMax);
    if (++this.values > limits.manifestValuesMax) this.refuseSize('values or more', this.values, limits.manifestValuesMax);
    this.lines.set(here, this.line());
    if (this.take('{')) this.members(path);
    else if (this.take('[')) this.elements(path);
    else if (this.quoted() === null && this.skip(scalar) === null) this.refuse('a value was expected');
  }

  private members(path: readonly PropertyKey[]): void {
    const seen = new Set<string>();
    if (this.take('}')) return;
    do {
      const key = this.key();
      const member = [...path, key];
      if (seen.has(key)) this.duplicates.push({ path: joinPath(member), line: this.line() });
      if (key === '__proto__') this.reserved.push({ path: joinPath(member), line: this.line() });
      seen.add(key);
      this.value(member);
    } while (this.take(','));
    if (!this.take('}')) this.refuse('a comma or } was expected');
  }

  private elements(path: readonly PropertyKey[]): void {
    if (this.take(']')) return;
    let index = 0;
    do this.value([...path, index++]);
    while (this.take(','));
    if (!this.take(']')) this.refuse('a comma or ] was expected');
  }
}

/**
 * Finds the line of every value of a JSON text (RFC 8259) and the members that no parser keeps as written.
 * Errors: ManifestInvalid with line and column where the text is not JSON; LimitExceeded with the line.
 */
export function jsonPositions(text: string, file?: string): JsonPositions {
  const scanner = new Scanner(text, file);
  scanner.scan();
  return { lines: scanner.lines, duplicates: scanner.duplicates, reserved: scanner.reserved };
}
