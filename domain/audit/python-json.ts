import { limits } from '../shared/limits.ts';

/**
 * A JSON value as Python would print it: a scalar is kept as its text, numbers letter for letter as they stand, because neither
 * the digits nor the form of a double (`1e-07`, `1.0`, `-0.0`) survive a reading by another language.
 */
export type PythonJson = string | readonly PythonJson[] | ReadonlyMap<string, PythonJson>;

const blank = /[ \t\n\r]*/y;
const scalar = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null|NaN|-?Infinity/y;
const quote = 0x22;
const backslash = 0x5c;

class Scanner {
  private position = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  fail(why: string): never {
    throw new SyntaxError(`${why} at character ${this.position + 1}`);
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.position += found.length;
    return found;
  }

  private take(character: string): boolean {
    this.match(blank);
    if (this.text[this.position] !== character) return false;
    this.position++;
    return true;
  }

  end(): void {
    this.match(blank);
    if (this.position < this.text.length) this.fail('more than one value');
  }

  value(depth: number): PythonJson {
    if (depth > limits.jsonDepthMax) this.fail(`nested deeper than ${limits.jsonDepthMax}`);
    if (this.take('{')) return this.members(depth);
    if (this.take('[')) return this.items(depth);
    if (this.text.charCodeAt(this.position) === quote) return asciiText(this.string());
    const found = this.match(scalar);
    return found === '' ? this.fail('no JSON value') : found;
  }

  private members(depth: number): ReadonlyMap<string, PythonJson> {
    const members = new Map<string, PythonJson>();
    if (this.take('}')) return members;
    do {
      this.match(blank);
      const key = this.string();
      if (members.has(key)) this.fail(`the key ${JSON.stringify(key)} stands twice`);
      if (!this.take(':')) this.fail('no colon');
      members.set(key, this.value(depth + 1));
    } while (this.take(','));
    return this.take('}') ? members : this.fail('an object that does not end');
  }

  private items(depth: number): readonly PythonJson[] {
    const items: PythonJson[] = [];
    if (this.take(']')) return items;
    do items.push(this.value(depth + 1));
    while (this.take(','));
    return this.take(']') ? items : this.fail('an array that does not end');
  }

  private string(): string {
    const start = this.position;
    if (this.text.charCodeAt(start) !== quote) this.fail('no string');
    for (let at = start + 1; at < this.text.length; at++) {
      const code = this.text.charCodeAt(at);
      if (code === backslash) at++;
      else if (code === quote) {
        this.position = at + 1;
        return JSON.parse(this.text.slice(start, at + 1)) as string;
      }
    }
    return this.fail('a string that does not end');
  }
}

/**
 * Reads one JSON value as Python's `json.loads` accepts it (NaN and Infinity too). A key twice in an object is refused. Errors:
 * SyntaxError.
 */
export function parsePythonJson(text: string): PythonJson {
  const scanner: Scanner = new Scanner(text);
  const value = scanner.value(0);
  scanner.end();
  return value;
}

const shortEscapes: Readonly<Partial<Record<string, string>>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\f': '\\f',
  '\b': '\\b',
};

/** A string as `json.dumps` prints it with `ensure_ascii`: everything outside space to tilde is an escape, in UTF-16 units. */
function asciiText(text: string): string {
  // Without the `u` flag a character beyond the basic plane is met as its two surrogates.
  const escaped = text.replaceAll(
    /["\\]|[^ -~]/g,
    (unit) => shortEscapes[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${escaped}"`;
}

/** Python sorts strings by code points, where JavaScript compares UTF-16 units. */
function byCodePoints(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const leftUnit = left.charCodeAt(at);
    const rightUnit = right.charCodeAt(at);
    if (leftUnit === rightUnit) continue;
    const leftSurrogate = leftUnit >= 0xd800 && leftUnit <= 0xdfff;
    const rightSurrogate = rightUnit >= 0xd800 && rightUnit <= 0xdfff;
    // A surrogate stands for a character beyond all others; two of them compare by their units.
    return leftSurrogate === rightSurrogate ? leftUnit - rightUnit : leftSurrogate ? 1 : -1;
  }
  return left.length - right.length;
}

/** `json.dumps(value, sort_keys=True)`: keys sorted, `, ` and `: ` between, ASCII only. */
export function printPythonJson(value: PythonJson): string {
  if (typeof value === 'string') return value;
  if (!isMembers(value)) return `[${value.map(printPythonJson).join(', ')}]`;
  const members = [...value].toSorted(([left], [right]) => byCodePoints(left, right));
  return `{${members.map(([key, member]) => `${asciiText(key)}: ${printPythonJson(member)}`).join(', ')}}`;
}

function isMembers(value: Exclude<PythonJson, string>): value is ReadonlyMap<string, PythonJson> {
  return value instanceof Map;
}
