import type { IsoDate } from '../../domain/returns/series.ts';
import { limits } from '../../domain/shared/limits.ts';
import { refusePickle } from './byte-cursor.ts';
import { linesOfBlock } from './block-values.ts';
import { arrayOf, attributeOf, isArray, ticksOf } from './numpy.ts';
import { columnNamesOfIndex, datesOfIndex } from './pandas-index.ts';
import { describeValue, entryOf, isMade, itemsOf, originOf, type PickleValue } from './values.ts';

/** A Series or DataFrame of numbers on dates. */
export interface PickledFrame {
  readonly kind: 'series' | 'frame';
  readonly dates: readonly IsoDate[];
  /** A Series has one column, named '' when it has no name. */
  readonly columns: readonly string[];
  /** `values[columnIndex][row]`. */
  readonly values: readonly Float64Array[];
}

interface Block {
  readonly values: PickleValue | undefined;
  readonly places: PickleValue | undefined;
}

interface Manager {
  readonly axes: readonly PickleValue[];
  readonly blocks: readonly Block[];
}

/** Axes and blocks of pandas' block manager: given in its call (frames since 1.3), or in its state under `0.14.1`. */
function managerOf(value: PickleValue | undefined, file: string): Manager {
  if (isMade(value, 'BlockManager') && value.args.length === 2) {
    const [blocks, axes] = value.args;
    return {
      axes: itemsOf(axes) ?? [],
      blocks: (itemsOf(blocks) ?? []).map((block) => {
        if (!isMade(block, 'unpickleBlock'))
          return refusePickle(file, `a block was expected, and there is ${describeValue(block)}`, originOf(block));
        return { values: block.args[0], places: block.args[1] };
      }),
    };
  }
  if (isMade(value, 'BlockManager', 'SingleBlockManager')) {
    const fields = entryOf(itemsOf(value.state)?.[3], '0.14.1');
    const blocks = itemsOf(entryOf(fields, 'blocks')) ?? [];
    return {
      axes: itemsOf(entryOf(fields, 'axes')) ?? [],
      blocks: blocks.map((block) => ({ values: entryOf(block, 'values'), places: entryOf(block, 'mgr_locs') })),
    };
  }
  return refusePickle(file, `the data of the object are ${describeValue(value)}, not a block manager`, originOf(value));
}

/** Columns at which the rows of a block stand. */
function placesOf(block: Block, count: number, file: string): number[] {
  const { places } = block;
  if (isMade(places, 'slice')) {
    const [start, stop, step] = places.args;
    if (typeof start === 'number' && typeof stop === 'number' && typeof step === 'number' && Math.ceil((stop - start) / step) === count) {
      return Array.from({ length: count }, (_, index) => start + index * step);
    }
  }
  if (isArray(places)) {
    const array = arrayOf(places, file);
    if (array.type === 'i8' && array.shape.length === 1 && array.shape[0] === count) return Array.from(ticksOf(array), Number);
  }
  return refusePickle(file, `the places of a block of ${count} columns are ${describeValue(places)}`, originOf(places));
}

function seriesOf(root: PickleValue, file: string): PickledFrame {
  const { axes, blocks } = managerOf(attributeOf(root, '_mgr') ?? attributeOf(root, '_data'), file);
  const [block] = blocks;
  if (axes.length !== 1 || blocks.length !== 1 || block === undefined)
    return refusePickle(file, `a Series with ${axes.length} axes and ${blocks.length} blocks`);
  const dates = datesOfIndex(axes[0], file);
  const name = attributeOf(root, '_name') ?? attributeOf(root, 'name');
  return {
    kind: 'series',
    dates,
    columns: [typeof name === 'string' ? name : ''],
    values: linesOfBlock(block.values, 1, dates.length, file),
  };
}

function frameOf(root: PickleValue, file: string): PickledFrame {
  const { axes, blocks } = managerOf(attributeOf(root, '_mgr') ?? attributeOf(root, '_data'), file);
  if (axes.length !== 2) refusePickle(file, `a DataFrame with ${axes.length} axes`);
  const columns = columnNamesOfIndex(axes[0], file);
  const dates = datesOfIndex(axes[1], file);
  if (columns.length * dates.length > limits.returnCellsMax) {
    refusePickle(
      file,
      `a DataFrame of ${dates.length} rows and ${columns.length} columns; at most ${limits.returnCellsMax} cells are read`,
    );
  }
  const values: (Float64Array | undefined)[] = columns.map(() => undefined);
  for (const block of blocks) {
    const lines = linesOfBlock(block.values, 2, dates.length, file);
    for (const [line, place] of placesOf(block, lines.length, file).entries()) {
      if (!(place in values) || values[place] !== undefined)
        refusePickle(file, `two blocks, or none, for column ${place} of ${columns.length}`);
      values[place] = lines[line]!;
    }
  }
  const whole = values.map((column, place) => column ?? refusePickle(file, `column ${columns[place]} has no block`));
  return { kind: 'frame', dates, columns, values: whole };
}

/** Reads the root of a pickle as a Series or DataFrame. Errors: PickleRefused. */
export function pandasOf(root: PickleValue, file: string): PickledFrame {
  if (isMade(root, 'Series')) return seriesOf(root, file);
  if (isMade(root, 'DataFrame')) return frameOf(root, file);
  return refusePickle(file, `the pickle holds ${describeValue(root)}, not a pandas Series or DataFrame`, originOf(root));
}
