import type { InferenceSession } from 'onnxruntime-node';

type SessionOptions = Readonly<InferenceSession.SessionOptions> & {
  readonly executionProviders: readonly InferenceSession.ExecutionProviderConfig[];
};

export type ProviderId = 'tensorrt' | 'cuda' | 'dml' | 'coreml' | 'webgpu' | 'cpu';

/** An execution provider of ONNX Runtime. */
export interface Provider {
  readonly id: ProviderId;
  /** As a person knows it. */
  readonly name: string;
  /** Where ONNX Runtime's package has it or can take it from what is installed. */
  readonly platforms: readonly NodeJS.Platform[];
  /** What its session is opened with: itself first. ONNX Runtime adds the processor, for what it cannot run. */
  readonly options: SessionOptions;
}

/** CoreML: an ML program (float32 stays float32), on the processor and the GPU; the neural engine computes in float16. */
const COREML_FLAGS = 0x10 | 0x20;

const everywhere = ['linux', 'win32', 'darwin'] as const;

/**
 * In the order in which they are preferred. CUDA comes before TensorRT: calibration wants the blobs between layers, which
 * takes TensorRT's fusions away, and leaves the minutes in which it builds its engine.
 */
export const providers: readonly Provider[] = [
  { id: 'cuda', name: 'CUDA', platforms: ['linux'], options: { executionProviders: ['cuda'] } },
  {
    id: 'tensorrt',
    name: 'TensorRT',
    platforms: ['linux'],
    options: { executionProviders: ['tensorrt', 'cuda'] },
  },
  {
    id: 'dml',
    name: 'DirectML',
    platforms: ['win32'],
    // It wants memory patterns off.
    options: { executionProviders: ['dml'], enableMemPattern: false },
  },
  {
    id: 'coreml',
    name: 'CoreML',
    platforms: ['darwin'],
    options: { executionProviders: [{ name: 'coreml', coreMlFlags: COREML_FLAGS }] },
  },
  { id: 'webgpu', name: 'WebGPU', platforms: everywhere, options: { executionProviders: ['webgpu'] } },
  { id: 'cpu', name: 'processor', platforms: everywhere, options: { executionProviders: ['cpu'] } },
];

export function providerOf(id: ProviderId): Provider {
  const found = providers.find((provider) => provider.id === id);
  if (found === undefined) throw new Error(`there is no provider ${id}`);
  return found;
}

/**
 * Environment of every process that opens sessions: tensor cores would round what they multiply to 10 bits of mantissa, and
 * thresholds with it.
 */
export const exactArithmetic: Readonly<Record<string, string>> = { NVIDIA_TF32_OVERRIDE: '0' };
