import { TrainingBlob } from '../layer.ts';
import type { CaffeLayerDescription, TrainingLayer } from '../layer.ts';

/** Puts the channels of its bottoms one after another. */
export class Concat implements TrainingLayer {
  readonly top: TrainingBlob;
  readonly parameters = [];

  constructor(
    private readonly name: string,
    private readonly bottoms: readonly TrainingBlob[],
  ) {
    const { batch, height, width } = bottoms[0];
    const channels = bottoms.reduce((sum, bottom) => sum + bottom.channels, 0);
    this.top = new TrainingBlob(name, batch, channels, height, width);
  }

  forward(): void {
    this.visit((bottom, from, to, count) => {
      this.top.value.set(bottom.value.subarray(from, from + count), to);
    });
  }

  backward(): void {
    this.visit((bottom, from, to, count) => {
      for (let index = 0; index < count; index++) bottom.gradient[from + index] += this.top.gradient[to + index];
    });
  }

  describe(): readonly CaffeLayerDescription[] {
    const bottoms = this.bottoms.map((bottom) => bottom.name);
    return [{ name: this.name, type: 'Concat', bottoms, tops: [this.top.name], blobs: [] }];
  }

  private visit(move: (bottom: TrainingBlob, from: number, to: number, count: number) => void): void {
    let to = 0;
    for (let image = 0; image < this.top.batch; image++) {
      for (const bottom of this.bottoms) {
        const count = bottom.channels * bottom.area;
        move(bottom, image * count, to, count);
        to += count;
      }
    }
  }
}
