import { expect, test } from '@jest/globals';
import { Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const bench = new Workbench(scratchDirectory());

interface Row {
  readonly rule: string;
  readonly status: string;
}

const statusOf = (rules: unknown, rule: string): string | undefined => (rules as Row[]).find((row) => row.rule === rule)?.status;

test('findings are told and exit 0; --strict exits 1 and names the broken rules', async () => {
  const words = ['manifest', 'lint', '--profile', 'coins', '--symbols', 'OKX:BTCUSDT,BINANCE:ETHUSDT'];
  bench.writeManifest((manifest) => delete manifest.profiles['coins']!['data']);
  const told = await bench.json(words);
  expect(told).toMatchObject({ exit: 0, ok: true, result: { profile: 'coins', isCrypto: true } });
  expect(statusOf(told.result['rules'], 'venue')).toBe('broken');
  const strict = await bench.json([...words, '--strict']);
  expect(strict).toMatchObject({ exit: 1, ok: false, error: { code: 'RulesBroken' } });
  expect(strict.error!.message).toContain('venue');
  expect(statusOf(strict.result['rules'], 'venue')).toBe('broken');
});

test('prices name the symbols and show a peg, and people read which coins are stable', async () => {
  const rows = Array.from({ length: 40 }, (_, day) => `2022-${day < 31 ? '01' : '02'}-${String((day % 31) + 1).padStart(2, '0')}`);
  const lines = rows.map((date, row) => `${date},${100 + ((row * 7) % 5)},${row % 2 === 0 ? 1 : 1.001}`);
  const prices = bench.write('pegged.csv', ['date,BINANCE:AAAUSDT,BINANCE:NEWUSDT', ...lines, ''].join('\n'));
  const ran = await bench.run(['manifest', 'lint', '--profile', 'coins', '--prices', prices]);
  expect(ran.exit).toBe(0);
  expect(ran.stdout).toContain('Stable coins: BINANCE:NEWUSDT (pegged).');
});

test('an unknown profile and an unknown exchange are refused', async () => {
  expect((await bench.json(['manifest', 'lint', '--profile', 'none'])).error!.code).toBe('ProfileUnknown');
  const foreign = await bench.json(['manifest', 'lint', '--profile', 'coins', '--symbols', 'KRAKEN:BTCUSD']);
  expect(foreign).toMatchObject({ exit: 2, error: { code: 'ExchangeUnknown' } });
});
