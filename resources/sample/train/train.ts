/**
 * Trains the sample's network and writes everything of `resources/sample` that is not written by hand: the weights, the
 * pictures and their labels. The same seed gives the same files. Usage: npm run train:sample
 */
import { join } from 'node:path';
import { Adam } from './adam.ts';
import { writeAugmented, writePlain } from './augment.ts';
import { DigitsNetwork } from './digits-network.ts';
import { digitSize, loadDigits } from './digits.ts';
import type { Digit } from './digits.ts';
import { Random } from './random.ts';
import { writeSample } from './write-sample.ts';

const plan = { seed: 1, epochs: 12, batch: 50, peakRate: 4e-3 };

const started = performance.now();
const { training, heldOut } = await loadDigits();
const random = new Random(plan.seed);
const network = new DigitsNetwork(plan.batch, random);
const adam = new Adam(network.parameters);
const steps = plan.epochs * Math.floor(training.length / plan.batch);

let step = 0;
for (let epoch = 1; epoch <= plan.epochs; epoch++) {
  const order = random.shuffled(training);
  let loss = 0;
  let batches = 0;
  for (let first = 0; first + plan.batch <= order.length; first += plan.batch) {
    loss += trainBatch(order.slice(first, first + plan.batch), rateAt(step++ / steps));
    batches++;
  }
  const seconds = (performance.now() - started) / 1000;
  console.log(`epoch ${epoch} of ${plan.epochs}: loss ${(loss / batches).toFixed(4)}, ${seconds.toFixed(0)} s`);
}

const right = countRight(heldOut);
const accuracy = ((100 * right) / heldOut.length).toFixed(2);
console.log(`held-out digits: ${right} of ${heldOut.length} right, ${accuracy} %`);
await writeSample(join(import.meta.dirname, '..'), network.describe(), heldOut);

/** Rises to the peak over the first tenth of the way, then falls along a cosine to nothing. */
function rateAt(progress: number): number {
  const warmUp = 0.1;
  if (progress < warmUp) return (plan.peakRate * progress) / warmUp;
  return (plan.peakRate * (1 + Math.cos((Math.PI * (progress - warmUp)) / (1 - warmUp)))) / 2;
}

/** One step of the optimiser; returns the batch's loss. */
function trainBatch(digits: readonly Digit[], rate: number): number {
  fill(digits, (pixels, to) => {
    writeAugmented(pixels, random, to);
  });
  network.forward(true);
  network.backward();
  adam.step(rate);
  return network.probabilities.loss();
}

function countRight(digits: readonly Digit[]): number {
  let right = 0;
  for (let first = 0; first < digits.length; first += plan.batch) {
    const batch = digits.slice(first, first + plan.batch);
    fill(batch, writePlain);
    network.forward(false);
    right += batch.filter((digit, image) => network.probabilities.predicted(image) === digit.label).length;
  }
  return right;
}

function fill(digits: readonly Digit[], write: (pixels: Uint8Array, to: Float32Array) => void): void {
  const area = digitSize * digitSize;
  for (const [image, digit] of digits.entries()) {
    write(digit.pixels, network.data.value.subarray(image * area, (image + 1) * area));
    network.probabilities.labels[image] = digit.label;
  }
}
