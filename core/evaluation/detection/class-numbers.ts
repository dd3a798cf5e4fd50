import { CortadoError } from '../../common/errors.ts';

/** Pascal VOC's classes, in the order in which networks of 21 classes (0 is none of them) are trained. */
const pascalVoc: readonly string[] =
  'aeroplane bicycle bird boat bottle bus car cat chair cow diningtable dog horse motorbike person pottedplant sheep sofa train tvmonitor'.split(
    ' ',
  );

/**
 * What number a network gives a class that annotations name: the name's place in `names` (the first being the network's class 0),
 * or Pascal VOC's for a network of 21 classes; a network of two has only class 1 to find. A number stands for itself.
 * Error: `evaluation.boxes-class`.
 */
export function classNumbers(classes: number, names: readonly string[] | undefined): (label: string) => number {
  const known = names ?? (classes === pascalVoc.length + 1 ? ['background', ...pascalVoc] : []);
  return (label) => {
    const number = /^\d+$/.test(label) ? Number(label) : known.indexOf(label);
    if (number >= 0 && number < classes) return number;
    if (classes === 2 && names === undefined) return 1;
    throw new CortadoError(
      'evaluation.boxes-class',
      `The boxes have a class "${label}", which is none of the network's ${classes}.`,
      'Name the classes with --class-names, a file with one a line, the first being class 0 (the background).',
    );
  };
}
