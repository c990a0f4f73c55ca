import { limits } from './limits.ts';

const quote = 0x22;
const backslash = 0x5c;

/**
 * Why a JSON text would take far more memory than its length when it is parsed, or null: lists and objects take ten times their brackets
 * and more, and nested ones are never read here anyway. For a text that is no JSON the answer means nothing; its parser refuses it.
 */
export function jsonTooHeavy(text: string, containersMax: number = limits.jsonContainersMax): string | null {
  const { jsonTextDepthMax: depthMax } = limits;
  let [depth, containers] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case quote:
        for (at++; at < text.length && text.charCodeAt(at) !== quote; at++) if (text.charCodeAt(at) === backslash) at++;
        break;
      case 0x7b:
      case 0x5b:
        if (++depth > depthMax) return `nested deeper than ${depthMax}`;
        if (++containers > containersMax) return `more than ${containersMax} lists and objects`;
        break;
      case 0x7d:
      case 0x5d:
        depth--;
    }
  }
  return null;
}
