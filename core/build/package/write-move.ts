import type { Builder } from 'flatbuffers';
import type { QuantizedMove } from '../../quantization/quantized-network.ts';
import {
  Crop,
  InsertZeros,
  OperationBody,
  Permute,
  ShuffleChannel,
  Tile,
  Upsample,
} from './generated/package_generated';
import { createVector } from './vectors.ts';
import type { Body } from './write-functions.ts';

/** Writes a move of elements; returns what it is in the union. */
export function writeMove(builder: Builder, operation: QuantizedMove): Body {
  const { output } = operation;
  const [input] = operation.inputs;
  switch (operation.kind) {
    case 'permute': {
      const order = createVector(builder, Uint8Array.from(operation.order));
      return { type: OperationBody.Permute, offset: Permute.createPermute(builder, input, output, order) };
    }
    case 'crop': {
      const offsets = createVector(builder, Uint32Array.from(operation.offsets));
      return { type: OperationBody.Crop, offset: Crop.createCrop(builder, input, output, offsets) };
    }
    case 'tile':
      return { type: OperationBody.Tile, offset: Tile.createTile(builder, input, output) };
    case 'upsample':
      return { type: OperationBody.Upsample, offset: Upsample.createUpsample(builder, input, output) };
    case 'shuffle-channel':
      return {
        type: OperationBody.ShuffleChannel,
        offset: ShuffleChannel.createShuffleChannel(builder, input, output, operation.group),
      };
    case 'insert-zeros': {
      const { height, width } = operation.stride;
      return {
        type: OperationBody.InsertZeros,
        offset: InsertZeros.createInsertZeros(builder, input, output, height, width),
      };
    }
  }
}
