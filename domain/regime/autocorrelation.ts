/** Autocorrelation of |r| at lag 1, biased (one mean, one variance): how far large moves follow large ones; 0 where |r| never changes. */
export function absoluteAutocorrelation(returns: Float64Array): number {
  const count = returns.length;
  let sum = 0;
  let varies = false;
  for (const value of returns) {
    sum += Math.abs(value);
    if (Math.abs(value) !== Math.abs(returns[0]!)) varies = true;
  }
  if (!varies) return 0;
  const mean = sum / count;
  let products = 0;
  let squares = 0;
  let before = 0;
  for (let i = 0; i < count; i++) {
    const deviation = Math.abs(returns[i]!) - mean;
    squares += deviation * deviation;
    if (i > 0) products += deviation * before;
    before = deviation;
  }
  return products / squares;
}
