/** The report of a combination: the example of the document, worked by hand, and a refusal with what would repair it. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const bench = new Workbench(scratchDirectory());
const file = bench.write('positions.csv', 'asset,tsmom,xsec\nES,0.8,-0.3\nGC,-0.4,0.7\nCL,0.6,\nSI,,0.5\n');

async function reportOf(words: readonly string[]): Promise<{ readonly id: string; readonly status: unknown; readonly markdown: string }> {
  const argv = ['combine', '--positions', file, '--budgets', 'tsmom=0.6', 'xsec=0.4', '--as-of', '2025-07-17', '--name', 'futures'];
  const { result } = await bench.json([...argv, ...words]);
  const id = result['combinationId'] as string;
  const answer = await bench.json(['report', id, '-o', bench.path('reports'), '--force']);
  expect(answer.error).toBeUndefined();
  return { id, status: answer.result['status'], markdown: readFileSync(bench.path(`reports/${id}.md`), 'utf8') };
}

describe('the report of a combination', () => {
  test('shows contributions by sleeve, what the projection moved, exposures beside their caps, and the proof', async () => {
    const { markdown, status } = await reportOf(['--gross-cap', '0.8']);
    expect(status).toBe('combined');
    // Soft thresholding by hand: 0.36 + 0.36 + 0.04 + 0.2 = 0.96 falls to 0.8 when each gives 0.04, and GC ends at zero.
    for (const row of [
      '| `CL` | 0.3600 | 0.0000 | 0.3600 | -0.0400 | 0.3200 |',
      '| `ES` | 0.4800 | -0.1200 | 0.3600 | -0.0400 | 0.3200 |',
      '| `GC` | -0.2400 | 0.2800 | 0.0400 | -0.0400 | 0.0000 |',
      '| `SI` | 0.0000 | 0.2000 | 0.2000 | -0.0400 | 0.1600 |',
      '| gross | 0.8000 | 0.8000 | 0.0400 |',
      '| tsmom | 0.6000 | 3 | 1.0800 | 0.6000 |',
      '| xsec | 0.4000 | 3 | 0.6000 | 0.3600 |',
    ])
      expect(markdown).toContain(row);
    expect(markdown).toContain('- Certificate: the nearest weights inside the caps');
    expect(markdown).toContain('- Distance from the total: 0.0800');
  });

  test('says of a total that keeps its caps that nothing was moved', async () => {
    expect((await reportOf([])).markdown).toContain('The combined total keeps every cap: nothing was moved.');
  });

  test('says of a refusal which caps conflict, and the smallest value of each that would do', async () => {
    const { markdown, status } = await reportOf(['--lower', '0.3', '--upper', '0.5', '--gross-cap', '0.8', '--net-cap', '2']);
    expect(status).toBe('refused');
    expect(markdown).toContain('**No weights keep all caps.**');
    expect(markdown).toContain('- bounds and gross');
    // Four assets of at least 0.3 each.
    expect(markdown).toMatch(/\| gross \| 0\.8 \| 1\.2 \|/);
    expect(markdown).toContain('| `CL` | 0.3600 | 0.0000 | 0.3600 | none | none |');
  });

  test('is not found before it was recorded', async () => {
    const { id } = await reportOf([]);
    const before = await bench.json(['report', id, '-o', bench.path('none'), '--as-of', '2025-01-01']);
    expect(before).toMatchObject({ exit: 66, error: { code: 'RunUnknown' } });
  });
});
