import { TrainingBlob } from '../layer.ts';
import type { CaffeLayerDescription, TrainingLayer } from '../layer.ts';

/** max(x, 0), in place as Caffe writes it. */
export class Relu implements TrainingLayer {
  readonly top: TrainingBlob;
  readonly parameters = [];

  constructor(
    private readonly name: string,
    private readonly bottom: TrainingBlob,
  ) {
    const { batch, channels, height, width } = bottom;
    this.top = new TrainingBlob(bottom.name, batch, channels, height, width);
  }

  forward(): void {
    const { bottom, top } = this;
    for (let index = 0; index < top.value.length; index++) top.value[index] = Math.max(bottom.value[index], 0);
  }

  backward(): void {
    const { bottom, top } = this;
    for (let index = 0; index < top.value.length; index++) {
      if (top.value[index] > 0) bottom.gradient[index] += top.gradient[index];
    }
  }

  describe(): readonly CaffeLayerDescription[] {
    return [{ name: this.name, type: 'ReLU', bottoms: [this.bottom.name], tops: [this.top.name], blobs: [] }];
  }
}
