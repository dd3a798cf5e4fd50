import type { Parameter } from './layer.ts';

const settings = { firstMoment: 0.9, secondMoment: 0.999, epsilon: 1e-8, decay: 1e-4 };

/** Adam with decoupled weight decay (Kingma and Ba, 2015; Loshchilov and Hutter, 2019). */
export class Adam {
  private readonly moments: readonly { readonly first: Float32Array; readonly second: Float32Array }[];
  private steps = 0;

  constructor(private readonly parameters: readonly Parameter[]) {
    this.moments = parameters.map(({ value }) => ({
      first: new Float32Array(value.length),
      second: new Float32Array(value.length),
    }));
  }

  /** Moves every parameter against its gradient, then clears the gradients. */
  step(rate: number): void {
    this.steps++;
    const firstCorrection = 1 - settings.firstMoment ** this.steps;
    const secondCorrection = 1 - settings.secondMoment ** this.steps;
    for (const [index, { value, gradient, decayed }] of this.parameters.entries()) {
      const { first, second } = this.moments[index];
      for (let i = 0; i < value.length; i++) {
        first[i] += (1 - settings.firstMoment) * (gradient[i] - first[i]);
        second[i] += (1 - settings.secondMoment) * (gradient[i] ** 2 - second[i]);
        const deviation = Math.sqrt(second[i] / secondCorrection) + settings.epsilon;
        value[i] -= rate * (first[i] / firstCorrection / deviation + (decayed ? settings.decay * value[i] : 0));
      }
      gradient.fill(0);
    }
  }
}
