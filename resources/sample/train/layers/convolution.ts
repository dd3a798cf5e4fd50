import { multiply, multiplyTransposedLeft, multiplyTransposedRight } from '../matrix.ts';
import type { Random } from '../random.ts';
import { Parameter, TrainingBlob } from '../layer.ts';
import type { CaffeLayerDescription, TrainingLayer } from '../layer.ts';

export interface ConvolutionOptions {
  readonly outputs: number;
  /** Square, stride 1. */
  readonly kernel: number;
  readonly pad: number;
  readonly bias: boolean;
  /** Write it as an InnerProduct: the kernel covers the whole input. */
  readonly fullyConnected?: boolean;
}

/** A convolution of stride 1: the patches of a picture as the columns of a matrix, times the weights. */
export class Convolution implements TrainingLayer {
  readonly top: TrainingBlob;
  readonly parameters: readonly Parameter[];
  private readonly weights: Parameter;
  private readonly bias: Parameter | undefined;
  /** channels * kernel * kernel. */
  private readonly depth: number;
  private readonly columns: Float32Array;
  private readonly columnGradients: Float32Array;

  constructor(
    private readonly name: string,
    private readonly bottom: TrainingBlob,
    private readonly options: ConvolutionOptions,
    random: Random,
  ) {
    const { outputs, kernel, pad } = options;
    const [height, width] = [bottom.height + 2 * pad - kernel + 1, bottom.width + 2 * pad - kernel + 1];
    this.top = new TrainingBlob(name, bottom.batch, outputs, height, width);
    this.depth = bottom.channels * kernel * kernel;
    this.columns = new Float32Array(this.depth * this.top.area);
    this.columnGradients = new Float32Array(this.columns.length);
    // "msra" filler: keeps the variance of what ReLU layers pass on (He et al., 2015).
    const deviation = Math.sqrt(2 / this.depth);
    this.weights = new Parameter(
      Float32Array.from({ length: outputs * this.depth }, () => random.normal() * deviation),
      true,
    );
    this.bias = options.bias ? new Parameter(new Float32Array(outputs), false) : undefined;
    this.parameters = this.bias === undefined ? [this.weights] : [this.weights, this.bias];
  }

  forward(): void {
    const { batch, channels, area, value } = this.top;
    for (let image = 0; image < batch; image++) {
      this.gather(image);
      const result = value.subarray(image * channels * area, (image + 1) * channels * area);
      for (let c = 0; c < channels; c++) result.fill(this.bias?.value[c] ?? 0, c * area, (c + 1) * area);
      multiply(channels, this.depth, area, this.weights.value, this.columns, result);
    }
  }

  backward(): void {
    const { batch, channels, area, gradient } = this.top;
    for (let image = 0; image < batch; image++) {
      const given = gradient.subarray(image * channels * area, (image + 1) * channels * area);
      this.gather(image);
      multiplyTransposedRight(channels, area, this.depth, given, this.columns, this.weights.gradient);
      if (this.bias !== undefined) addRowSums(given, area, this.bias.gradient);
      this.columnGradients.fill(0);
      multiplyTransposedLeft(this.depth, channels, area, this.weights.value, given, this.columnGradients);
      this.scatter(image);
    }
  }

  describe(): readonly CaffeLayerDescription[] {
    const { outputs, kernel, fullyConnected } = this.options;
    const shape = fullyConnected ? [outputs, this.depth] : [outputs, this.bottom.channels, kernel, kernel];
    const bias = this.bias === undefined ? [] : [{ shape: [outputs], data: this.bias.value }];
    return [
      {
        name: this.name,
        type: fullyConnected ? 'InnerProduct' : 'Convolution',
        bottoms: [this.bottom.name],
        tops: [this.top.name],
        blobs: [{ shape, data: this.weights.value }, ...bias],
      },
    ];
  }

  private gather(image: number): void {
    const { columns, bottom } = this;
    columns.fill(0);
    this.visit(image, (column, from, count) => {
      for (let x = 0; x < count; x++) columns[column + x] = bottom.value[from + x];
    });
  }

  private scatter(image: number): void {
    const { columnGradients, bottom } = this;
    this.visit(image, (column, from, count) => {
      for (let x = 0; x < count; x++) bottom.gradient[from + x] += columnGradients[column + x];
    });
  }

  /** Calls with each run of pixels that a row of patches takes from the picture: where it lies in the columns and in the bottom. */
  private visit(image: number, run: (column: number, from: number, count: number) => void): void {
    const { kernel, pad } = this.options;
    const { channels, height, width, area } = this.bottom;
    for (let row = 0; row < this.depth; row++) {
      const channel = Math.floor(row / (kernel * kernel));
      const dy = (Math.floor(row / kernel) % kernel) - pad;
      const dx = (row % kernel) - pad;
      const left = Math.max(0, -dx);
      const right = Math.min(this.top.width, width - dx);
      for (let y = Math.max(0, -dy); y < Math.min(this.top.height, height - dy); y++) {
        const from = (image * channels + channel) * area + (y + dy) * width + left + dx;
        run(row * this.top.area + y * this.top.width + left, from, right - left);
      }
    }
  }
}

/** to[row] += the sum of the row. */
function addRowSums(rows: Float32Array, length: number, to: Float32Array): void {
  for (let row = 0; row < to.length; row++) {
    let sum = 0;
    for (let x = 0; x < length; x++) sum += rows[row * length + x];
    to[row] += sum;
  }
}
