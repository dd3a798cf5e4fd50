import { centreWindow } from '../../images/pixels.ts';
import type { Preprocessing } from '../../images/preprocessing.ts';
import type { FoundBox } from './boxes.ts';

const rowLength = 7;

/**
 * What the rows of a DetectionOutput layer say (image, label, confidence, left, top, right, bottom as shares of the network's
 * input), as boxes in the picture that the input was cut from. Rows of confidence 0 are empty.
 */
export function foundBoxes(rows: Float32Array, { resize, crop }: Preprocessing): readonly FoundBox[] {
  const found: FoundBox[] = [];
  const window = centreWindow(resize, crop);
  const across = (share: number): number => (window.left + share * window.width) / resize.width;
  const down = (share: number): number => (window.top + share * window.height) / resize.height;
  for (let at = 0; at + rowLength <= rows.length; at += rowLength) {
    const [, label, confidence, left, top, right, bottom] = rows.subarray(at, at + rowLength);
    if (!(confidence > 0)) continue;
    found.push({
      label,
      confidence,
      box: { left: across(left), top: down(top), right: across(right), bottom: down(bottom) },
    });
  }
  return found;
}
