import { TrainingBlob } from '../layer.ts';
import type { CaffeLayerDescription, TrainingLayer } from '../layer.ts';

/** Class probabilities, with the cross-entropy against given labels as the loss that training lowers. */
export class SoftmaxWithLoss implements TrainingLayer {
  readonly top: TrainingBlob;
  readonly parameters = [];
  /** The right class of each picture of the batch. */
  readonly labels: Int32Array;

  constructor(
    private readonly name: string,
    private readonly bottom: TrainingBlob,
  ) {
    this.top = new TrainingBlob(name, bottom.batch, bottom.channels, 1, 1);
    this.labels = new Int32Array(bottom.batch);
  }

  forward(): void {
    const { batch, channels, value } = this.top;
    for (let image = 0; image < batch; image++) {
      const scores = this.bottom.value.subarray(image * channels, (image + 1) * channels);
      const largest = Math.max(...scores);
      const powers = scores.map((score) => Math.exp(score - largest));
      const sum = powers.reduce((total, power) => total + power, 0);
      for (let c = 0; c < channels; c++) value[image * channels + c] = powers[c] / sum;
    }
  }

  /** Starts the backward pass: the gradient of the mean cross-entropy is (probability - 1 where the label is) / batch. */
  backward(): void {
    const { batch, channels, value } = this.top;
    for (let index = 0; index < value.length; index++) {
      const target = this.labels[Math.floor(index / channels)] === index % channels ? 1 : 0;
      this.bottom.gradient[index] += (value[index] - target) / batch;
    }
  }

  /** Mean cross-entropy of the batch. */
  loss(): number {
    const { batch, channels, value } = this.top;
    let sum = 0;
    for (let image = 0; image < batch; image++) {
      sum -= Math.log(Math.max(value[image * channels + this.labels[image]], 1e-12));
    }
    return sum / batch;
  }

  /** The most probable class of a picture of the batch. */
  predicted(image: number): number {
    const { channels, value } = this.top;
    const probabilities = value.subarray(image * channels, (image + 1) * channels);
    return probabilities.indexOf(Math.max(...probabilities));
  }

  describe(): readonly CaffeLayerDescription[] {
    return [{ name: this.name, type: 'Softmax', bottoms: [this.bottom.name], tops: [this.top.name], blobs: [] }];
  }
}
