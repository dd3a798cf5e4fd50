import { join } from 'node:path';
import sharp from 'sharp';
import { randomSource } from '../../core/common/random.ts';
import { overlap, type FoundBox, type RelativeBox } from '../../core/evaluation/detection/boxes.ts';
import { foundBoxes } from '../../core/evaluation/detection/detections.ts';
import { createForwardSession } from '../../core/inference/onnx-session.ts';
import { pictureSize } from '../../core/images/decode-image.ts';
import type { PixelSize } from '../../core/images/preprocessing.ts';
import { loadModel } from '../support/int8-model.ts';
import { inputOf, picturesOf, realModels } from '../support/real-models.ts';

/** A square that was cut from a photograph. */
export interface FaceWindow {
  readonly file: string;
  /** Which photograph it is from. */
  readonly photograph: number;
  /** 1: it shows a face. */
  readonly label: 0 | 1;
}

/** Windows of each kind that a photograph gives at the most. */
const perPhotograph = { faces: 6, background: 8 };
/** As Zhang et al. 2016 (MTCNN) train: a window overlaps a face by so much, or no face by more than so much; between them it is neither. */
const isFace = 0.65;
const isBackground = 0.3;
/** So certain the detector has to be of a face, and so little of what is none; between them nothing is known. */
const certain = 0.9;
const doubtful = 0.1;
const smallestSide = 20;
const attempts = 200;

/**
 * Cuts the photographs of faces into what MTCNN's networks look at: squares around faces, about their size, and others elsewhere. Where
 * faces are RetinaFace says, in fp32. One window of every photograph comes after the other, as one does of a shuffled list.
 */
export async function cutFaceWindows(folder: string): Promise<readonly FaceWindow[]> {
  const detector = realModels.find(({ name }) => name === 'retinaface_widerface');
  if (detector === undefined) throw new Error('RetinaFace is not among the models');
  const network = await loadModel(detector.name);
  const [input] = network.inputs;
  const session = await createForwardSession(network);
  const rounds: FaceWindow[][] = [];
  try {
    for (const [photograph, path] of (await picturesOf(detector, Infinity)).entries()) {
      const tensor = await inputOf(detector, path, input.shape);
      const rows = [...(await session.run(new Map([[input.name, tensor]]))).values()][0].data;
      const found = foundBoxes(rows, detector.preprocessing).filter(({ confidence }) => confidence >= doubtful);
      const squares = squaresOf(found, await pictureSize(path), randomSource(photograph + 1));
      for (const [round, { left, top, side, label }] of squares.entries()) {
        const file = join(folder, `${photograph}-${round}.png`);
        await sharp(path).autoOrient().extract({ left, top, width: side, height: side }).png().toFile(file);
        (rounds[round] ??= []).push({ file, photograph, label });
      }
    }
  } finally {
    await session.close();
  }
  return rounds.flat();
}

/** In pixels. */
interface Place {
  readonly left: number;
  readonly top: number;
  readonly side: number;
}

interface Square extends Place {
  readonly label: 0 | 1;
}

/** Faces and background by turns; none where no face is certain, since others may be there that were not found. */
function squaresOf(found: readonly FoundBox[], size: PixelSize, random: () => number): readonly Square[] {
  const faces = found.filter(({ confidence }) => confidence >= certain);
  if (faces.length === 0) return [];
  const isInside = ({ left, top, side }: Place): boolean =>
    side >= smallestSide && left >= 0 && top >= 0 && left + side <= size.width && top + side <= size.height;
  const most = (among: readonly FoundBox[], place: Place): number =>
    among.reduce((largest, { box }) => Math.max(largest, overlap(box, relative(place, size))), 0);
  const background: Square[] = [];
  const shown: Square[] = [];
  for (let attempt = 0; attempt < attempts; attempt++) {
    const elsewhere = anywhere(size, random);
    if (isInside(elsewhere) && most(found, elsewhere) < isBackground) background.push({ ...elsewhere, label: 0 });
    const around = near(faces[attempt % faces.length].box, size, random);
    if (isInside(around) && most(faces, around) >= isFace) shown.push({ ...around, label: 1 });
  }
  const faceSquares = shown.slice(0, perPhotograph.faces);
  return background
    .slice(0, perPhotograph.background)
    .flatMap((square, index) => (index < faceSquares.length ? [faceSquares[index], square] : [square]));
}

function anywhere({ width, height }: PixelSize, random: () => number): Place {
  const side = Math.round(smallestSide + random() ** 2 * (Math.min(width, height) / 2 - smallestSide));
  return { side, left: Math.floor(random() * (width - side)), top: Math.floor(random() * (height - side)) };
}

/** A square about a face, a little smaller or larger and to the side. */
function near({ left, top, right, bottom }: RelativeBox, { width, height }: PixelSize, random: () => number): Place {
  const [across, down] = [(right - left) * width, (bottom - top) * height];
  const [least, largest] = [0.8 * Math.min(across, down), 1.25 * Math.max(across, down)];
  const side = Math.round(least + random() * (largest - least));
  const place = (centre: number, extent: number): number =>
    Math.round(centre + (random() - 0.5) * 0.4 * extent - side / 2);
  return {
    side,
    left: place(((left + right) / 2) * width, across),
    top: place(((top + bottom) / 2) * height, down),
  };
}

function relative({ left, top, side }: Place, { width, height }: PixelSize): RelativeBox {
  return { left: left / width, top: top / height, right: (left + side) / width, bottom: (top + side) / height };
}
