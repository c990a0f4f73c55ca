/** How an export is read piece by piece: where its lines begin and end, whatever the pieces, and where reading stops. */
import { describe, expect, test } from '@jest/globals';
import { assert, asyncProperty, array, integer } from 'fast-check';
import type { AuditReport, AuditVerifier } from '../../../domain/audit/verify-audit.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { limits } from '../../../domain/shared/limits.ts';
import { verifyPieces } from '../../../handlers/audit/verify.ts';

const utf8 = new TextEncoder();
const report: AuditReport = {
  lines: 0,
  lastHash: '0'.repeat(64),
  sealedTo: 0,
  unsealed: 0,
  seal: null,
  declaration: null,
  tornAtByte: null,
  notes: [],
  faults: [],
};

/** Takes lines as a verifier does, and finds so many faults in each. */
class Reader implements AuditVerifier {
  readonly lines: string[] = [];
  rest: string | null = null;
  faultsSoFar = 0;
  readonly #faultsByLine: number;

  constructor(faultsByLine = 0) {
    this.#faultsByLine = faultsByLine;
  }

  line(bytes: Uint8Array): void {
    this.lines.push(Buffer.from(bytes).toString('utf8'));
    this.faultsSoFar += this.#faultsByLine;
  }

  finish(remainder: Uint8Array): AuditReport {
    this.rest = Buffer.from(remainder).toString('utf8');
    return report;
  }

  beside(): ReturnType<AuditVerifier['beside']> {
    return { trailerLine: 0, files: null, artifacts: new Map() };
  }
}

async function* piecesOf(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

async function read(pieces: readonly (string | Uint8Array)[], reader = new Reader(), signal?: AbortSignal) {
  const bytes = pieces.map((piece) => (typeof piece === 'string' ? utf8.encode(piece) : piece));
  try {
    expect(await verifyPieces(reader, piecesOf(bytes), { file: '/export', ...(signal === undefined ? {} : { signal }) })).toBe(report);
    return { lines: reader.lines, rest: reader.rest };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    const { code, message, evidence, at } = error;
    return { code, message, evidence, at };
  }
}

const tooLong = (line: number) => ({
  code: 'AuditFileInvalid',
  message: `/export: line ${line} has more than ${limits.auditLineBytesMax} bytes, which no line of an export has`,
  evidence: { bytesMax: limits.auditLineBytesMax },
  at: { file: '/export', line },
});

describe('the lines of an export', () => {
  test.each([
    ['no piece', [], [], ''],
    ['an empty piece', [''], [], ''],
    ['a piece without an end of a line', ['abc'], [], 'abc'],
    ['lines in one piece', ['a\nbc\n'], ['a', 'bc'], ''],
    ['an empty line', ['\n\na\n'], ['', '', 'a'], ''],
    ['a line in pieces', ['a', 'b', 'c\nd', 'e\n', 'f'], ['abc', 'de'], 'f'],
    ['the end of a line as a piece', ['a', '\n', 'b', '\n'], ['a', 'b'], ''],
  ])('of %s', async (_, pieces, lines, rest) => {
    expect(await read(pieces)).toEqual({ lines, rest });
  });

  test('are those of the text, wherever it is cut', async () => {
    const text = 'first\n\nsecond line\nthird\nrest';
    await assert(
      asyncProperty(array(integer({ min: 0, max: text.length }), { maxLength: 6 }), async (cuts) => {
        const places = [0, ...cuts.toSorted((left, right) => left - right), text.length];
        const pieces = places.slice(1).map((to, index) => text.slice(places[index], to));
        expect(await read(pieces)).toEqual({ lines: ['first', '', 'second line', 'third'], rest: 'rest' });
      }),
      { numRuns: 50 },
    );
  });

  const longest = new Uint8Array(limits.auditLineBytesMax).fill(0x61);

  test('may be as long as the longest of an export and no longer, in one piece or in many, ended or not', async () => {
    const reader = new Reader();
    await read([longest, '\n', longest], reader);
    expect([reader.lines[0]!.length, reader.rest!.length]).toEqual([limits.auditLineBytesMax, limits.auditLineBytesMax]);
    expect(await read([longest, 'b\n'])).toEqual(tooLong(1));
    expect(await read(['a\nb\n', longest, 'b'])).toEqual(tooLong(3));
  });

  test('are read until more faults are found than are told', async () => {
    const enough = new Reader(limits.auditFaultsMax / 2);
    expect(await read(['a\nb\n'], enough)).toEqual({ lines: ['a', 'b'], rest: '' });
    const more = new Reader(limits.auditFaultsMax / 2 + 1);
    expect(await read(['a\nb\nc\n'], more)).toEqual({
      code: 'AuditFileInvalid',
      message: `/export: more than ${limits.auditFaultsMax} faults up to line 2, which no damaged export has`,
      evidence: { faultsMax: limits.auditFaultsMax },
      at: { file: '/export', line: 2 },
    });
    expect(more.lines).toEqual(['a', 'b']);
  });

  test('are read until somebody interrupts', async () => {
    const reader = new Reader();
    expect(await read(['a\n'], reader, AbortSignal.abort())).toMatchObject({
      code: 'Interrupted',
      message: 'interrupted before the file was verified',
    });
    expect(reader.lines).toEqual([]);
    expect(await read(['a\n'], new Reader(), new AbortController().signal)).toEqual({ lines: ['a'], rest: '' });
  });
});
