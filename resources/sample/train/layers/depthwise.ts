import { Parameter, TrainingBlob } from '../layer.ts';
import type { CaffeLayerDescription, TrainingLayer } from '../layer.ts';
import type { Random } from '../random.ts';

const kernel = 3;
const pad = 1;

/** A 3x3 convolution of stride 1 with a group per channel, without bias. */
export class DepthwiseConvolution implements TrainingLayer {
  readonly top: TrainingBlob;
  readonly parameters: readonly Parameter[];
  private readonly weights: Parameter;

  constructor(
    private readonly name: string,
    private readonly bottom: TrainingBlob,
    random: Random,
  ) {
    this.top = new TrainingBlob(name, bottom.batch, bottom.channels, bottom.height, bottom.width);
    const deviation = Math.sqrt(2 / (kernel * kernel));
    this.weights = new Parameter(
      Float32Array.from({ length: bottom.channels * kernel * kernel }, () => random.normal() * deviation),
      true,
    );
    this.parameters = [this.weights];
  }

  forward(): void {
    const { bottom, top, weights } = this;
    top.value.fill(0);
    this.visit((weight, from, to) => {
      top.value[to] += weights.value[weight] * bottom.value[from];
    });
  }

  backward(): void {
    const { bottom, top, weights } = this;
    this.visit((weight, from, to) => {
      weights.gradient[weight] += top.gradient[to] * bottom.value[from];
      bottom.gradient[from] += top.gradient[to] * weights.value[weight];
    });
  }

  describe(): readonly CaffeLayerDescription[] {
    const shape = [this.bottom.channels, 1, kernel, kernel];
    const blobs = [{ shape, data: this.weights.value }];
    return [{ name: this.name, type: 'Convolution', bottoms: [this.bottom.name], tops: [this.top.name], blobs }];
  }

  /** Calls with every weight and the pixels that it joins: indices into the weights, the bottom and the top. */
  private visit(join: (weight: number, from: number, to: number) => void): void {
    const { batch, channels, height, width, area } = this.bottom;
    for (let plane = 0; plane < batch * channels; plane++) {
      for (let tap = 0; tap < kernel * kernel; tap++) {
        const weight = (plane % channels) * kernel * kernel + tap;
        const [dy, dx] = [Math.floor(tap / kernel) - pad, (tap % kernel) - pad];
        for (let y = Math.max(0, -dy); y < Math.min(height, height - dy); y++) {
          for (let x = Math.max(0, -dx); x < Math.min(width, width - dx); x++) {
            const to = plane * area + y * width + x;
            join(weight, to + dy * width + dx, to);
          }
        }
      }
    }
  }
}
