import { Parameter, TrainingBlob } from '../layer.ts';
import type { CaffeLayerDescription, TrainingLayer } from '../layer.ts';

/** Caffe's default `eps`. */
const epsilon = 1e-5;
/** `moving_average_fraction`: how much of the past stays in the statistics with each batch. */
const fraction = 0.98;

/**
 * BatchNorm and Scale of Caffe as one layer: each channel is brought to mean 0 and variance 1 by the batch's statistics
 * in training and by the remembered ones afterwards, then multiplied and shifted (Ioffe and Szegedy, 2015).
 */
export class Normalisation implements TrainingLayer {
  readonly top: TrainingBlob;
  readonly parameters: readonly Parameter[];
  private readonly gamma: Parameter;
  private readonly beta: Parameter;
  /** As Caffe keeps them: decaying sums, to be divided by `weightOfPast`. */
  private readonly meanSum: Float32Array;
  private readonly varianceSum: Float32Array;
  private readonly weightOfPast = new Float32Array(1);
  private readonly normalised: Float32Array;
  private readonly inverseDeviation: Float32Array;

  /** @param names of the BatchNorm and the Scale layer; both work in place. */
  constructor(
    private readonly names: { readonly normalise: string; readonly scale: string },
    private readonly bottom: TrainingBlob,
  ) {
    const { name, batch, channels, height, width } = bottom;
    this.top = new TrainingBlob(name, batch, channels, height, width);
    this.gamma = new Parameter(new Float32Array(channels).fill(1), false);
    this.beta = new Parameter(new Float32Array(channels), false);
    this.parameters = [this.gamma, this.beta];
    this.meanSum = new Float32Array(channels);
    this.varianceSum = new Float32Array(channels);
    this.normalised = new Float32Array(bottom.value.length);
    this.inverseDeviation = new Float32Array(channels);
  }

  forward(training: boolean): void {
    if (training) this.weightOfPast[0] = this.weightOfPast[0] * fraction + 1;
    for (let channel = 0; channel < this.bottom.channels; channel++) {
      const { mean, variance } = training ? this.measure(channel) : this.remembered(channel);
      const inverse = 1 / Math.sqrt(variance + epsilon);
      this.inverseDeviation[channel] = inverse;
      this.visit(channel, (index) => {
        const value = (this.bottom.value[index] - mean) * inverse;
        this.normalised[index] = value;
        this.top.value[index] = value * this.gamma.value[channel] + this.beta.value[channel];
      });
    }
  }

  backward(): void {
    const { bottom, top, normalised } = this;
    const count = bottom.batch * bottom.area;
    for (let channel = 0; channel < bottom.channels; channel++) {
      let sum = 0;
      let product = 0;
      this.visit(channel, (index) => {
        sum += top.gradient[index];
        product += top.gradient[index] * normalised[index];
      });
      this.beta.gradient[channel] += sum;
      this.gamma.gradient[channel] += product;
      const factor = this.gamma.value[channel] * this.inverseDeviation[channel];
      this.visit(channel, (index) => {
        const centred = top.gradient[index] - sum / count - (normalised[index] * product) / count;
        bottom.gradient[index] += factor * centred;
      });
    }
  }

  describe(): readonly CaffeLayerDescription[] {
    const shape = [this.bottom.channels];
    const place = { bottoms: [this.bottom.name], tops: [this.top.name] };
    const statistics = [
      { shape, data: this.meanSum },
      { shape, data: this.varianceSum },
      { shape: [1], data: this.weightOfPast },
    ];
    const factors = [
      { shape, data: this.gamma.value },
      { shape, data: this.beta.value },
    ];
    return [
      { name: this.names.normalise, type: 'BatchNorm', ...place, blobs: statistics },
      { name: this.names.scale, type: 'Scale', ...place, blobs: factors },
    ];
  }

  /** The batch's statistics, which it also adds to the remembered ones. */
  private measure(channel: number): { readonly mean: number; readonly variance: number } {
    const count = this.bottom.batch * this.bottom.area;
    let sum = 0;
    this.visit(channel, (index) => {
      sum += this.bottom.value[index];
    });
    const mean = sum / count;
    let squares = 0;
    this.visit(channel, (index) => {
      squares += (this.bottom.value[index] - mean) ** 2;
    });
    this.meanSum[channel] = this.meanSum[channel] * fraction + mean;
    this.varianceSum[channel] = this.varianceSum[channel] * fraction + squares / (count - 1);
    return { mean, variance: squares / count };
  }

  private remembered(channel: number): { readonly mean: number; readonly variance: number } {
    const past = this.weightOfPast[0];
    return past === 0
      ? { mean: 0, variance: 0 }
      : { mean: this.meanSum[channel] / past, variance: this.varianceSum[channel] / past };
  }

  private visit(channel: number, visit: (index: number) => void): void {
    const { batch, channels, area } = this.bottom;
    for (let image = 0; image < batch; image++) {
      const first = (image * channels + channel) * area;
      for (let index = first; index < first + area; index++) visit(index);
    }
  }
}
