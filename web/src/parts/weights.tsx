import type { Drift, Weights } from '../api/answers.ts';
import { weights as weightsQuestion } from '../api/questions.ts';
import { usePlace } from '../state/place.ts';
import { driftOfAssets, driftOfSleeves } from './drifted.ts';
import { Bar } from './small.tsx';
import { type Column, Table } from './table.tsx';
import { change, percent } from './words.ts';

interface SleeveRow {
  readonly id: string;
  readonly inForce: number | null;
  readonly drifted: number | null;
  readonly raw: number | null;
  readonly bounded: number;
}

interface Shown {
  readonly newest: Weights;
  readonly inForce: Weights | null;
  /** Null where nothing is published, or it is not asked yet. */
  readonly drift: Drift | null;
}

interface Moving {
  readonly inForce: number | null;
  readonly drifted: number | null;
}

/** What is held, as published and as it is now as far as that is known. */
function heldColumns<Row extends Moving>(): Column<Row>[] {
  return [
    { label: 'in force', isNumeric: true, value: ({ inForce }) => inForce, show: ({ inForce }) => percent(inForce) },
    { label: 'drifted', isNumeric: true, value: ({ drifted }) => drifted, show: ({ drifted }) => percent(drifted) },
  ];
}

/** What is to be traded for a target: from what is held now, else from what was published. */
function changeColumn<Row extends Moving>(targetOf: (row: Row) => number): Column<Row> {
  const by = (row: Row): number | null => {
    const now = row.drifted ?? row.inForce;
    return now === null ? null : targetOf(row) - now;
  };
  return { label: 'to change', isNumeric: true, value: by, show: (row) => (by(row) === null ? 'none' : change(by(row)!)) };
}

/** What is in force beside what the newest run asks for: null where nothing is published. */
export function SleeveWeights({ newest, inForce, drift }: Shown) {
  const { time } = usePlace();
  const held = new Map(inForce?.sleeves.map(({ id, bounded }) => [id, bounded]));
  const moved = driftOfSleeves(drift);
  const isKnown = moved.size > 0;
  const rows = newest.sleeves.map(({ id, raw, bounded }): SleeveRow => ({
    id,
    raw,
    bounded,
    inForce: inForce === null ? null : (held.get(id) ?? 0),
    drifted: isKnown ? (moved.get(id)?.drifted ?? 0) : null,
  }));
  const most = Math.max(...rows.map(({ bounded }) => Math.abs(bounded)), 0);
  const columns: Column<SleeveRow>[] = [
    { label: 'sleeve', value: ({ id }) => id },
    ...heldColumns<SleeveRow>(),
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
    changeColumn<SleeveRow>(({ bounded }) => bounded),
  ];
  return (
    <Table
      caption="Weights of sleeves"
      name="sleeve-weights"
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
  readonly drifted: number | null;
  readonly weight: number;
  readonly through: string;
}

interface Choosing {
  readonly chosen: string | null;
  readonly choose: (symbol: string) => void;
}

export function AssetWeights({ newest, inForce, drift, chosen, choose }: Shown & Choosing) {
  const { time } = usePlace();
  const held = new Map(inForce?.assets.map(({ symbol, weight }) => [symbol, weight]));
  const targets = new Map(newest.assets.map((asset) => [asset.symbol, asset]));
  const moved = driftOfAssets(drift);
  const isKnown = moved.size > 0;
  const symbols = [...new Set([...targets.keys(), ...held.keys()])];
  const rows = symbols.map((symbol): AssetRow => {
    const target = targets.get(symbol);
    return {
      symbol,
      inForce: inForce === null ? null : (held.get(symbol) ?? 0),
      drifted: isKnown ? (moved.get(symbol)?.drifted ?? 0) : null,
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
    ...heldColumns<AssetRow>(),
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
    changeColumn<AssetRow>(({ weight }) => weight),
    { label: 'through', value: ({ through }) => through },
  ];
  return (
    <Table
      caption="Weights of assets: choose one to see why"
      name="asset-weights"
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
