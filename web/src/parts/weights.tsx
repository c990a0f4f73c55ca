import type { Weights } from '../api/answers.ts';
import { weights as weightsQuestion } from '../api/questions.ts';
import { usePlace } from '../state/place.ts';
import { Bar } from './small.tsx';
import { type Column, Table } from './table.tsx';
import { change, percent } from './words.ts';

interface SleeveRow {
  readonly id: string;
  readonly inForce: number | null;
  readonly raw: number | null;
  readonly bounded: number;
}

interface Shown {
  readonly newest: Weights;
  readonly inForce: Weights | null;
}

/** What is in force beside what the newest run asks for: null where nothing is published. */
export function SleeveWeights({ newest, inForce }: Shown) {
  const { time } = usePlace();
  const held = new Map(inForce?.sleeves.map(({ id, bounded }) => [id, bounded]));
  const rows = newest.sleeves.map(({ id, raw, bounded }): SleeveRow => ({
    id,
    raw,
    bounded,
    inForce: inForce === null ? null : (held.get(id) ?? 0),
  }));
  const most = Math.max(...rows.map(({ bounded }) => Math.abs(bounded)), 0);
  const columns: Column<SleeveRow>[] = [
    { label: 'sleeve', value: ({ id }) => id },
    { label: 'in force', isNumeric: true, value: ({ inForce: now }) => now, show: ({ inForce: now }) => percent(now) },
    { label: 'before bounds', isNumeric: true, value: ({ raw }) => raw, show: ({ raw }) => percent(raw) },
    {
      label: 'target',
      isNumeric: true,
      value: ({ bounded }) => bounded,
      show: ({ bounded }) => (
        <Bar value={bounded} most={most}>
          {percent(bounded)}
        </Bar>
      ),
    },
    {
      label: 'to change',
      isNumeric: true,
      value: ({ bounded, inForce: now }) => (now === null ? null : bounded - now),
      show: ({ bounded, inForce: now }) => (now === null ? 'none' : change(bounded - now)),
    },
  ];
  return (
    <Table
      caption="Weights of sleeves"
      columns={columns}
      rows={rows}
      rowKey={({ id }) => id}
      sorted={['target', 'descending']}
      command={weightsQuestion(newest.meta, { risk: newest.risk, published: false }, time).command}
      empty="The run has no sleeves."
    />
  );
}

interface AssetRow {
  readonly symbol: string;
  readonly inForce: number | null;
  readonly weight: number;
  readonly through: string;
}

interface Choosing {
  readonly chosen: string | null;
  readonly choose: (symbol: string) => void;
}

export function AssetWeights({ newest, inForce, chosen, choose }: Shown & Choosing) {
  const { time } = usePlace();
  const held = new Map(inForce?.assets.map(({ symbol, weight }) => [symbol, weight]));
  const targets = new Map(newest.assets.map((asset) => [asset.symbol, asset]));
  const symbols = [...new Set([...targets.keys(), ...held.keys()])];
  const rows = symbols.map((symbol): AssetRow => {
    const target = targets.get(symbol);
    return {
      symbol,
      inForce: inForce === null ? null : (held.get(symbol) ?? 0),
      weight: target?.weight ?? 0,
      through: target?.contributors.map(({ path }) => path.join('/')).join(', ') ?? 'none any more',
    };
  });
  const most = Math.max(...rows.map(({ weight }) => Math.abs(weight)), 0);
  const columns: Column<AssetRow>[] = [
    {
      label: 'asset',
      value: ({ symbol }) => symbol,
      show: ({ symbol }) => (
        <button
          type="button"
          class="quiet"
          aria-label={`Explain ${symbol}`}
          aria-pressed={symbol === chosen}
          onClick={() => choose(symbol)}
        >
          {symbol}
        </button>
      ),
    },
    { label: 'in force', isNumeric: true, value: ({ inForce: now }) => now, show: ({ inForce: now }) => percent(now) },
    {
      label: 'target',
      isNumeric: true,
      value: ({ weight }) => weight,
      show: ({ weight }) => (
        <Bar value={weight} most={most}>
          {percent(weight)}
        </Bar>
      ),
    },
    {
      label: 'to change',
      isNumeric: true,
      value: ({ weight, inForce: now }) => (now === null ? null : weight - now),
      show: ({ weight, inForce: now }) => (now === null ? 'none' : change(weight - now)),
    },
    { label: 'through', value: ({ through }) => through },
  ];
  return (
    <Table
      caption="Weights of assets: choose one to see why"
      columns={columns}
      rows={rows}
      rowKey={({ symbol }) => symbol}
      sorted={['target', 'descending']}
      rowClass={({ symbol }) => (symbol === chosen ? 'chosen' : undefined)}
      command={weightsQuestion(newest.meta, { risk: newest.risk, published: false }, time).command}
      empty="The run holds nothing."
    />
  );
}
