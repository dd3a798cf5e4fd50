import { classCount, digitSize } from './digits.ts';
import { TrainingBlob } from './layer.ts';
import type { CaffeLayerDescription, TrainingLayer } from './layer.ts';
import { Concat } from './layers/concat.ts';
import { Convolution } from './layers/convolution.ts';
import type { ConvolutionOptions } from './layers/convolution.ts';
import { DepthwiseConvolution } from './layers/depthwise.ts';
import { MaxPooling } from './layers/max-pooling.ts';
import { Normalisation } from './layers/normalisation.ts';
import { Relu } from './layers/relu.ts';
import { SoftmaxWithLoss } from './layers/softmax.ts';
import { Sum } from './layers/sum.ts';
import type { Random } from './random.ts';

/**
 * The sample's network, layer by layer as in deploy.prototxt: small, yet with one of each thing that larger networks are
 * made of (BatchNorm and Scale, a residual sum, a depthwise separable convolution, a fire module, an inner product).
 */
export class DigitsNetwork {
  readonly data: TrainingBlob;
  readonly probabilities: SoftmaxWithLoss;
  private readonly layers: TrainingLayer[] = [];

  constructor(
    batch: number,
    private readonly random: Random,
  ) {
    this.data = new TrainingBlob('data', batch, 1, digitSize, digitSize);
    const stem = this.normalisedConvolution('conv1', this.data, { outputs: 16, kernel: 3, pad: 1 });
    const pool1 = this.add(new MaxPooling('pool1', this.relu('relu1', stem)));

    const res2a = this.normalisedConvolution('res2a', pool1, { outputs: 16, kernel: 3, pad: 1 });
    const res2b = this.normalisedConvolution('res2b', this.relu('res2a_relu', res2a), {
      outputs: 16,
      kernel: 3,
      pad: 1,
    });
    const res2 = this.add(new Sum('res2', [pool1, res2b]));
    const pool2 = this.add(new MaxPooling('pool2', this.relu('res2_relu', res2)));

    const depthwise = this.normalised('conv3/dw', this.add(new DepthwiseConvolution('conv3/dw', pool2, random)));
    const pointwise = this.normalisedConvolution('conv3/pw', this.relu('conv3/dw/relu', depthwise), {
      outputs: 48,
      kernel: 1,
      pad: 0,
    });

    const fire4 = this.fireModule('fire4', this.relu('conv3/pw/relu', pointwise));
    const conv5 = this.biasedConvolution('conv5', fire4, { outputs: 48, kernel: 1, pad: 0 });
    const pool5 = this.add(new MaxPooling('pool5', this.relu('relu5', conv5)));
    const fc6 = this.biasedConvolution('fc6', pool5, {
      outputs: classCount,
      kernel: pool5.width,
      pad: 0,
      fullyConnected: true,
    });
    this.probabilities = new SoftmaxWithLoss('prob', fc6);
    this.layers.push(this.probabilities);
  }

  get parameters() {
    return this.layers.flatMap((layer) => layer.parameters);
  }

  forward(training: boolean): void {
    for (const layer of this.layers) layer.forward(training);
  }

  backward(): void {
    for (const layer of this.layers) layer.top.gradient.fill(0);
    for (const layer of this.layers.toReversed()) layer.backward();
  }

  /** The layers with their weights, for the .caffemodel. */
  describe(): readonly CaffeLayerDescription[] {
    const input = { name: 'data', type: 'Input', bottoms: [], tops: ['data'], blobs: [] };
    return [input, ...this.layers.flatMap((layer) => layer.describe())];
  }

  private fireModule(name: string, bottom: TrainingBlob): TrainingBlob {
    const squeeze = this.biasedConvolution(`${name}/squeeze1x1`, bottom, { outputs: 24, kernel: 1, pad: 0 });
    const squeezed = this.relu(`${name}/relu_squeeze1x1`, squeeze);
    const expand1x1 = this.biasedConvolution(`${name}/expand1x1`, squeezed, { outputs: 48, kernel: 1, pad: 0 });
    const expand3x3 = this.biasedConvolution(`${name}/expand3x3`, squeezed, { outputs: 48, kernel: 3, pad: 1 });
    const branches = [this.relu(`${name}/relu_expand1x1`, expand1x1), this.relu(`${name}/relu_expand3x3`, expand3x3)];
    return this.add(new Concat(`${name}/concat`, branches));
  }

  private biasedConvolution(
    name: string,
    bottom: TrainingBlob,
    options: Omit<ConvolutionOptions, 'bias'>,
  ): TrainingBlob {
    return this.add(new Convolution(name, bottom, { ...options, bias: true }, this.random));
  }

  private normalisedConvolution(
    name: string,
    bottom: TrainingBlob,
    options: Omit<ConvolutionOptions, 'bias'>,
  ): TrainingBlob {
    return this.normalised(name, this.add(new Convolution(name, bottom, { ...options, bias: false }, this.random)));
  }

  private normalised(name: string, bottom: TrainingBlob): TrainingBlob {
    return this.add(new Normalisation({ normalise: `${name}/bn`, scale: `${name}/scale` }, bottom));
  }

  private relu(name: string, bottom: TrainingBlob): TrainingBlob {
    return this.add(new Relu(name, bottom));
  }

  private add(layer: TrainingLayer): TrainingBlob {
    this.layers.push(layer);
    return layer.top;
  }
}
