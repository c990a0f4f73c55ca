/** Fewer columns than this are tried one by one. */
const columnsPruned = 24;
/** Members ranked before the rows are gone through: their ranks stay in the cache. */
const membersPerPass = 32;

/** Part of a row-major matrix. */
export interface Block {
  readonly rows: Float64Array;
  /** Place of the first row's first column. */
  readonly rowStart: number;
  readonly rowStride: number;
  readonly rowCount: number;
  readonly columnCount: number;
}

/** `out[outStart + r * outPerRow + c * outPerMember]` = least of `rows[r, m] + inside[member c, m]` over the columns m. */
export interface LeastSums extends Block {
  readonly inside: Float64Array;
  readonly insideStride: number;
  /** Column of `inside` that belongs to the first column of a row. */
  readonly insideFrom: number;
  /** Members [memberFrom, memberTo) of the list take part. */
  readonly members: Int32Array;
  readonly memberFrom: number;
  readonly memberTo: number;
  readonly out: Float64Array;
  readonly outStart: number;
  readonly outPerRow: number;
  readonly outPerMember: number;
}

/** Room for bounds and ranks, used again from block to block. */
export interface SumsRoom {
  /** `price[m] + floor[r] <= rows[r, m]` but for rounding. */
  readonly price: Float64Array;
  readonly floor: Float64Array;
  readonly least: Float64Array;
  readonly keys: Float64Array;
  readonly starts: Int32Array;
  /** Per member of a pass: columns by rank, what is inside them, and the least key from that rank on. */
  readonly columns: Int32Array;
  readonly values: Float64Array;
  readonly keysFrom: Float64Array;
  /** Per member of a pass: the least value inside. */
  readonly valueLeast: Float64Array;
}

function roomFor(size: number): SumsRoom {
  const ranks = membersPerPass * size;
  return {
    price: new Float64Array(size),
    floor: new Float64Array(size),
    least: new Float64Array(size),
    keys: new Float64Array(size),
    starts: new Int32Array(size + 1),
    columns: new Int32Array(ranks),
    values: new Float64Array(ranks),
    keysFrom: new Float64Array(ranks),
    valueLeast: new Float64Array(membersPerPass),
  };
}

/** Of a size that is never pruned: nothing is written to it. */
const noRoom = roomFor(0);

export function sumsRoom(size: number): SumsRoom {
  return size < columnsPruned ? noRoom : roomFor(size);
}

function trySums(sums: LeastSums): void {
  const { rows, rowStride, rowCount, inside, insideStride, insideFrom, columnCount, members, memberFrom, memberTo, out, outPerRow } = sums;
  for (let c = memberFrom; c < memberTo; c++) {
    const within = members[c]! * insideStride + insideFrom;
    let to = sums.outStart + (c - memberFrom) * sums.outPerMember;
    let across = sums.rowStart;
    for (let r = 0; r < rowCount; r++) {
      let best = Infinity;
      for (let m = 0; m < columnCount; m++) {
        const total = rows[across + m]! + inside[within + m]!;
        if (total < best) best = total;
      }
      out[to] = best;
      to += outPerRow;
      across += rowStride;
    }
  }
}

/** Fills `least` with the least entry of each row and `floor` with the least entry above the prices; returns the largest entry. */
function lowerRows({ rows, rowStart, rowStride, rowCount, columnCount }: Block, { price, floor, least }: SumsRoom): number {
  let largest = 0;
  let at = rowStart;
  for (let r = 0; r < rowCount; r++) {
    let lowest = Infinity;
    let above = Infinity;
    for (let m = 0; m < columnCount; m++) {
      const entry = rows[at + m]!;
      if (entry < lowest) lowest = entry;
      if (entry > largest) largest = entry;
      const difference = entry - price[m]!;
      if (difference < above) above = difference;
    }
    least[r] = lowest;
    floor[r] = above;
    at += rowStride;
  }
  return largest;
}

/** Two thirds of the way from each column's least entry to its mean: a middle way does well for one common factor and for several. */
function startPrices({ rows, rowStart, rowStride, rowCount, columnCount }: Block, { price, keys }: SumsRoom): void {
  price.fill(0, 0, columnCount);
  keys.fill(Infinity, 0, columnCount);
  for (let r = 0, at = rowStart; r < rowCount; r++, at += rowStride) {
    for (let m = 0; m < columnCount; m++) {
      const entry = rows[at + m]!;
      price[m] = price[m]! + entry;
      if (entry < keys[m]!) keys[m] = entry;
    }
  }
  for (let m = 0; m < columnCount; m++) price[m] = ((2 * price[m]!) / rowCount + keys[m]!) / 3;
}

/**
 * Prices of the columns and floors of the rows that sum to no more than any entry, as in the dual of an assignment problem (Kuhn 1955):
 * from the starting prices follow the floors, and then the prices rise as far as the floors allow. Returns the largest entry.
 */
export function boundEntries(block: Block, room: SumsRoom): number {
  const { rows, rowStart, rowStride, rowCount, columnCount } = block;
  const { price, floor } = room;
  startPrices(block, room);
  const largest = lowerRows(block, room);
  price.fill(Infinity, 0, columnCount);
  for (let r = 0, at = rowStart; r < rowCount; r++, at += rowStride) {
    const above = floor[r]!;
    for (let m = 0; m < columnCount; m++) {
      const difference = rows[at + m]! - above;
      if (difference < price[m]!) price[m] = difference;
    }
  }
  return largest;
}

/**
 * Ranks the columns of a member by inside + price, roughly: as many buckets as columns between the least key and twice as far as the
 * mean. What is skipped later is judged by `keysFrom`, which is exact whatever the ranks. Returns the largest value inside.
 */
function rankColumns({ inside, columnCount }: LeastSums, room: SumsRoom, within: number, member: number): number {
  const { price, keys, starts, columns, values, keysFrom } = room;
  const to = member * columnCount;
  let lowest = Infinity;
  let sum = 0;
  let largest = 0;
  let least = Infinity;
  for (let m = 0; m < columnCount; m++) {
    const value = inside[within + m]!;
    const key = value + price[m]!;
    keys[m] = key;
    sum += key;
    if (key < lowest) lowest = key;
    if (value > largest) largest = value;
    if (value < least) least = value;
  }
  room.valueLeast[member] = least;
  const width = (2 * (sum / columnCount - lowest)) / columnCount;
  const perWidth = width > 0 && 1 / width < Infinity ? 1 / width : 0;
  const last = columnCount - 1;
  starts.fill(0, 0, columnCount + 1);
  for (let m = 0; m < columnCount; m++) {
    const bucket = Math.min(last, (keys[m]! - lowest) * perWidth) | 0;
    starts[bucket + 1] = starts[bucket + 1]! + 1;
  }
  for (let b = 0; b < columnCount; b++) starts[b + 1] = starts[b + 1]! + starts[b]!;
  for (let m = 0; m < columnCount; m++) {
    const bucket = Math.min(last, (keys[m]! - lowest) * perWidth) | 0;
    const place = to + starts[bucket]!;
    starts[bucket] = starts[bucket]! + 1;
    columns[place] = m;
    values[place] = inside[within + m]!;
    keysFrom[place] = keys[m]!;
  }
  for (let place = to + columnCount - 2; place >= to; place--) {
    if (keysFrom[place + 1]! < keysFrom[place]!) keysFrom[place] = keysFrom[place + 1]!;
  }
  return largest;
}

/** Least sums of the members ranked in this pass: a row is done with a member when no rank that is left can lower its sum. */
function sumRanked(sums: LeastSums, room: SumsRoom, first: number, ranked: number, slack: number): void {
  const { rows, rowStride, rowCount, columnCount, out, outPerRow, outPerMember } = sums;
  const { floor, least, columns, values, keysFrom, valueLeast } = room;
  const start = sums.outStart + (first - sums.memberFrom) * outPerMember;
  for (let r = 0, across = sums.rowStart; r < rowCount; r++, across += rowStride) {
    const raised = slack - floor[r]!;
    for (let c = 0; c < ranked; c++) {
      const from = c * columnCount;
      const end = from + columnCount;
      let best = Infinity;
      let stop = Infinity;
      for (let place = from; place < end && keysFrom[place]! < stop; place++) {
        const total = rows[across + columns[place]!]! + values[place]!;
        if (total < best) {
          best = total;
          // Without prices a bound has no rounding of its own: sums that are all equal end here.
          stop = best <= least[r]! + valueLeast[c]! ? -Infinity : best + raised;
        }
      }
      out[start + r * outPerRow + c * outPerMember] = best;
    }
  }
}

/** What rounding can make of a bound built of four sums with values and entries no larger than these. */
export function roundingOf(values: number, entries: number): number {
  return 8 * Number.EPSILON * (values + 4 * entries);
}

/**
 * Least sums (see `LeastSums`), each the very number that trying all columns gives: columns are skipped only where a lower bound, less what
 * rounding can make of it, is no less than the sum found.
 */
export function leastSums(sums: LeastSums, room: SumsRoom): void {
  const { columnCount, members, memberFrom, memberTo } = sums;
  if (columnCount < columnsPruned || memberTo - memberFrom < 2 || sums.rowCount < 2) {
    trySums(sums);
    return;
  }
  const entries = boundEntries(sums, room);
  for (let first = memberFrom; first < memberTo; first += membersPerPass) {
    const ranked = Math.min(membersPerPass, memberTo - first);
    let inside = 0;
    for (let c = 0; c < ranked; c++) {
      const within = members[first + c]! * sums.insideStride + sums.insideFrom;
      inside = Math.max(inside, rankColumns(sums, room, within, c));
    }
    sumRanked(sums, room, first, ranked, roundingOf(inside, entries));
  }
}
