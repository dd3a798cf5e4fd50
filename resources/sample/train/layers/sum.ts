import { TrainingBlob } from '../layer.ts';
import type { CaffeLayerDescription, TrainingLayer } from '../layer.ts';

/** The element-wise sum of two blobs: a residual connection. */
export class Sum implements TrainingLayer {
  readonly top: TrainingBlob;
  readonly parameters = [];

  constructor(
    private readonly name: string,
    private readonly bottoms: readonly [TrainingBlob, TrainingBlob],
  ) {
    const { batch, channels, height, width } = bottoms[0];
    this.top = new TrainingBlob(name, batch, channels, height, width);
  }

  forward(): void {
    const [first, second] = this.bottoms;
    const { value } = this.top;
    for (let index = 0; index < value.length; index++) value[index] = first.value[index] + second.value[index];
  }

  backward(): void {
    const { gradient } = this.top;
    for (const bottom of this.bottoms) {
      for (let index = 0; index < gradient.length; index++) bottom.gradient[index] += gradient[index];
    }
  }

  describe(): readonly CaffeLayerDescription[] {
    const bottoms = this.bottoms.map((bottom) => bottom.name);
    return [{ name: this.name, type: 'Eltwise', bottoms, tops: [this.top.name], blobs: [] }];
  }
}
