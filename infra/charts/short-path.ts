/** Points from which a path is written in steps: a short one stays as it is. */
const pointsMin = 30;

/** A number of tenths as SVG reads it, without a zero that can be left out. */
function tenths(value: number): string {
  return String(value / 10).replace(/^(-?)0\./, '$1.');
}

/**
 * The same path, each point as a step from the one before: a line of a thousand points takes much less text. Points are whole tenths of a
 * pixel, so no step is rounded. A path with curves stays as it is.
 */
export function shortPath(path: string): string {
  const points = [...path.matchAll(/([MLZ])(?:(-?[\d.]+) (-?[\d.]+))?/g)];
  if (points.length < pointsMin || points.map(([text]) => text).join('') !== path) return path;
  let [x, y] = [0, 0];
  let text = '';
  let before: string | undefined;
  for (const [, command, across, down] of points) {
    const steps: number[] = [];
    if (command !== 'Z') {
      const [toX, toY] = [Math.round(Number(across) * 10), Math.round(Number(down) * 10)];
      steps.push(...(command === 'M' ? [toX, toY] : [toX - x, toY - y]));
      [x, y] = [toX, toY];
    }
    if (command !== before) text += command === 'L' ? 'l' : command;
    for (const [place, step] of steps.entries()) {
      const written = tenths(step);
      const isFirst = place === 0 && command !== before;
      text += isFirst || written.startsWith('-') ? written : ` ${written}`;
    }
    before = command;
  }
  return text;
}
