import { elementCount, type Shape, type Tensor } from '../../common/tensor.ts';

/** x * operand or x + operand; extents of the operand that are 1 stretch over x's. */
export function broadcast(name: 'multiply' | 'add', x: Tensor, operand: Tensor): Float32Array {
  const index = operandIndex(x.shape, operand.shape);
  return x.data.map((value, at) => {
    const other = operand.data[index(at)];
    return name === 'multiply' ? value * other : value + other;
  });
}

function operandIndex(shape: Shape, operand: Shape): (at: number) => number {
  const axes = operand.map((extent, axis) => ({
    extent: shape[axis],
    inner: elementCount(shape.slice(axis + 1)),
    step: extent === 1 ? 0 : elementCount(operand.slice(axis + 1)),
  }));
  const moving = axes.filter(({ step }) => step > 0);
  return (at) => {
    let result = 0;
    for (const { extent, inner, step } of moving) result += (Math.floor(at / inner) % extent) * step;
    return result;
  };
}
