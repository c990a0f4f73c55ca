/** Points from which a path is written in steps: a short one stays as it is. */
const pointsMin = 30;

/** A number of tenths as SVG reads it, without a zero that can be left out. */
function tenths(value: number): string {
  return String(value / 10).replace(/^(-?)0\./, '$1.');
}

/** One command of a path with its numbers, in tenths of a pixel. */
interface Step {
  readonly command: 'M' | 'l' | 'h' | 'v' | 'Z';
  readonly numbers: readonly number[];
}

function stepTo(right: number, down: number): Step {
  if (down === 0) return { command: 'h', numbers: [right] };
  return right === 0 ? { command: 'v', numbers: [down] } : { command: 'l', numbers: [right, down] };
}

/** Whether a step goes on level, the way that the one before it went. */
function goesOn(before: Step | undefined, { command, numbers }: Step): boolean {
  return before?.command === 'h' && command === 'h' && Math.sign(before.numbers[0]!) === Math.sign(numbers[0]!);
}

function stepsOf(points: readonly RegExpMatchArray[]): Step[] {
  const steps: Step[] = [];
  let [x, y] = [0, 0];
  for (const [, command, across, below] of points) {
    if (command === 'Z') {
      steps.push({ command, numbers: [] });
      continue;
    }
    const [toX, toY] = [Math.round(Number(across) * 10), Math.round(Number(below) * 10)];
    const step: Step = command === 'M' ? { command, numbers: [toX, toY] } : stepTo(toX - x, toY - y);
    [x, y] = [toX, toY];
    if (goesOn(steps.at(-1), step)) steps.push({ command: 'h', numbers: [steps.pop()!.numbers[0]! + step.numbers[0]!] });
    else steps.push(step);
  }
  return steps;
}

/**
 * The same path, each point as a step from the one before, and a level stretch as one step: a line of a thousand points takes much less
 * text. Points are whole tenths of a pixel, so no step is rounded. A path with curves stays as it is.
 */
export function shortPath(path: string): string {
  const points = [...path.matchAll(/([MLZ])(?:(-?[\d.]+) (-?[\d.]+))?/g)];
  if (points.length < pointsMin || points.map(([text]) => text).join('') !== path) return path;
  let text = '';
  let before = '';
  for (const { command, numbers } of stepsOf(points)) {
    const isRepeated = command === before;
    if (!isRepeated) text += command;
    for (const [place, number] of numbers.entries()) {
      const written = tenths(number);
      text += (place === 0 && !isRepeated) || written.startsWith('-') ? written : ` ${written}`;
    }
    before = command;
  }
  return text;
}
