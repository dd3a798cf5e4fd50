import { TrainingBlob } from '../layer.ts';
import type { CaffeLayerDescription, TrainingLayer } from '../layer.ts';

const kernel = 3;
const stride = 2;

/** Max pooling, 3x3 with stride 2. As in Caffe the extent is rounded up, and windows end where the picture does. */
export class MaxPooling implements TrainingLayer {
  readonly top: TrainingBlob;
  readonly parameters = [];
  /** For each top value the index of the bottom value that it is. */
  private readonly winners: Int32Array;

  constructor(
    private readonly name: string,
    private readonly bottom: TrainingBlob,
  ) {
    const { batch, channels, height, width } = bottom;
    this.top = new TrainingBlob(name, batch, channels, pooledExtent(height), pooledExtent(width));
    this.winners = new Int32Array(this.top.value.length);
  }

  forward(): void {
    const { bottom, top, winners } = this;
    for (let index = 0; index < top.value.length; index++) {
      const plane = Math.floor(index / top.area);
      const startY = Math.floor((index % top.area) / top.width) * stride;
      const startX = (index % top.width) * stride;
      let winner = plane * bottom.area + startY * bottom.width + startX;
      for (let y = startY; y < Math.min(startY + kernel, bottom.height); y++) {
        for (let x = startX; x < Math.min(startX + kernel, bottom.width); x++) {
          const candidate = plane * bottom.area + y * bottom.width + x;
          if (bottom.value[candidate] > bottom.value[winner]) winner = candidate;
        }
      }
      winners[index] = winner;
      top.value[index] = bottom.value[winner];
    }
  }

  backward(): void {
    const { bottom, top, winners } = this;
    for (let index = 0; index < winners.length; index++) bottom.gradient[winners[index]] += top.gradient[index];
  }

  describe(): readonly CaffeLayerDescription[] {
    return [{ name: this.name, type: 'Pooling', bottoms: [this.bottom.name], tops: [this.top.name], blobs: [] }];
  }
}

function pooledExtent(extent: number): number {
  return Math.ceil((extent - kernel) / stride) + 1;
}
