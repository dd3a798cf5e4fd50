import type { QuantizedMove } from '../../quantization/quantized-network.ts';
import type { Operation } from './generated/package_generated';
import {
  Crop,
  InsertZeros,
  OperationBody,
  Permute,
  ShuffleChannel,
  Tile,
  Upsample,
} from './generated/package_generated';
import { required } from './required.ts';

/** A move of elements; undefined where the operation is something else. */
export function readMove(layer: string, operation: Operation): QuantizedMove | undefined {
  switch (operation.bodyType()) {
    case OperationBody.Permute: {
      const body = bodyOf(operation, new Permute());
      return { kind: 'permute', layer, ...ends(body), order: Array.from(required(body.orderArray(), 'order')) };
    }
    case OperationBody.Crop: {
      const body = bodyOf(operation, new Crop());
      return { kind: 'crop', layer, ...ends(body), offsets: Array.from(required(body.offsetsArray(), 'offsets')) };
    }
    case OperationBody.Tile:
      return { kind: 'tile', layer, ...ends(bodyOf(operation, new Tile())) };
    case OperationBody.Upsample:
      return { kind: 'upsample', layer, ...ends(bodyOf(operation, new Upsample())) };
    case OperationBody.ShuffleChannel: {
      const body = bodyOf(operation, new ShuffleChannel());
      return { kind: 'shuffle-channel', layer, ...ends(body), group: body.group() };
    }
    case OperationBody.InsertZeros: {
      const body = bodyOf(operation, new InsertZeros());
      return { kind: 'insert-zeros', layer, ...ends(body), stride: { height: body.strideH(), width: body.strideW() } };
    }
    default:
      return undefined;
  }
}

/** The union's member, which the generated accessor types as any. */
export function bodyOf<T>(operation: Operation, body: T): T {
  return operation.body(body) as T;
}

/** Of an operation with one input. */
export function ends(body: { input(): number; output(): number }): {
  readonly inputs: readonly number[];
  readonly output: number;
} {
  return { inputs: [body.input()], output: body.output() };
}
