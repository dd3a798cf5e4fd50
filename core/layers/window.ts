import type { Fields } from '../caffe/fields.ts';
import type { Size2d } from '../graph/graph.ts';

/**
 * Reads a size that Caffe writes as one number for both axes, as a list (height first), or as `_h` and `_w`.
 * @param list `kernel_size`
 * @param single `kernel`: prefix of `kernel_h` and `kernel_w`
 */
export function readSize(parameters: Fields, list: string, single: string, fallback: number | undefined): Size2d {
  const values = parameters.numbers(list);
  const height = `${single}_h`;
  const width = `${single}_w`;
  if (parameters.has(height) || parameters.has(width)) {
    if (values.length > 0) {
      throw parameters.fail(
        'layer.parameter',
        `Both ${list} and ${height} or ${width} are given.`,
        `Keep ${list}, or ${height} and ${width}.`,
        list,
      );
    }
    return {
      height: fallback === undefined ? parameters.required(height) : parameters.number(height, fallback),
      width: fallback === undefined ? parameters.required(width) : parameters.number(width, fallback),
    };
  }
  if (values.length > 2) {
    throw parameters.fail(
      'layer.parameter',
      `${list} has ${values.length} values; only two spatial axes are handled.`,
      'Write one value for both axes, or two: height, width.',
      list,
    );
  }
  const first = values.at(0) ?? fallback ?? parameters.required(list);
  return { height: first, width: values.at(1) ?? first };
}

/** Refuses 0 where a size must be 1 or more. */
export function requirePositive(size: Size2d, parameters: Fields, name: string): Size2d {
  if (size.height >= 1 && size.width >= 1) return size;
  throw parameters.fail('layer.parameter', `${name} must be 1 or more.`, 'Correct the value.', name);
}

/** `3x3`, height first. */
export function sizeText({ height, width }: Size2d): string {
  return `${height}x${width}`;
}

/** `, stride 2` or nothing where it is the default. */
export function optionText(name: string, { height, width }: Size2d, fallback: number): string {
  if (height === fallback && width === fallback) return '';
  return `, ${name} ${height === width ? height : sizeText({ height, width })}`;
}
