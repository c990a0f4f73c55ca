import { blockEntry, panelAt, runningSums } from './panels';

/** Solves `L L' x = b` in place for a factor in panels; the vector is padded with zeros to whole panels. */
export function solvePanels(factor: usize, size: i32, x: usize, scratch: usize): void {
  const panels = (size + 3) / 4;
  for (let panel = 0; panel < panels; panel++) forward(panelAt(factor, panel), panel * 4, min(4, size - panel * 4), x, scratch);
  for (let panel = panels - 1; panel >= 0; panel--) backward(panelAt(factor, panel), panel * 4, min(4, size - panel * 4), x);
}

/** Four rows at a time, each by a dot product of four running sums, as `runningSums` has it; what a block adds goes into the first. */
function forward(panel: usize, before: i32, rows: i32, x: usize, sums: usize): void {
  const block = panel + 32 * before;
  const solved = x + 8 * before;
  runningSums(x, 8, panel, before, sums);
  for (let row = 0; row < rows; row++) {
    let a = load<f64>(sums + 8 * row);
    for (let k = 0; k < row; k++) a += load<f64>(blockEntry(block, row, k)) * load<f64>(solved + 8 * k);
    const dot = a + load<f64>(sums + 8 * row, 32) + load<f64>(sums + 8 * row, 64);
    store<f64>(solved + 8 * row, (load<f64>(solved + 8 * row) - dot) / load<f64>(blockEntry(block, row, row)));
  }
}

/** Takes the panel's rows, the last one first, from every value before them: each value loses them in that order. */
function backward(panel: usize, before: i32, rows: i32, x: usize): void {
  const block = panel + 32 * before;
  const own = x + 8 * before;
  for (let row = rows - 1; row >= 0; row--) {
    const value = load<f64>(own + 8 * row) / load<f64>(blockEntry(block, row, row));
    store<f64>(own + 8 * row, value);
    for (let k = 0; k < row; k++) store<f64>(own + 8 * k, load<f64>(own + 8 * k) - load<f64>(blockEntry(block, row, k)) * value);
  }
  // Rows beyond the matrix are zero and so are their values: taking zero away changes no bit.
  const first = v128.load64_splat(own);
  const second = v128.load64_splat(own, 8);
  const third = v128.load64_splat(own, 16);
  const fourth = v128.load64_splat(own, 24);
  let at = panel;
  for (let value = x; value < own; value += 16) {
    const low = v128.load(at);
    const high = v128.load(at, 16);
    const nextLow = v128.load(at, 32);
    const nextHigh = v128.load(at, 48);
    let left = v128.load(value);
    left = f64x2.sub(left, f64x2.mul(v128.shuffle<f64>(high, nextHigh, 1, 3), fourth));
    left = f64x2.sub(left, f64x2.mul(v128.shuffle<f64>(high, nextHigh, 0, 2), third));
    left = f64x2.sub(left, f64x2.mul(v128.shuffle<f64>(low, nextLow, 1, 3), second));
    left = f64x2.sub(left, f64x2.mul(v128.shuffle<f64>(low, nextLow, 0, 2), first));
    v128.store(value, left);
    at += 64;
  }
}
