import { createRequire } from 'node:module';
import { InferenceSession } from 'onnxruntime-node';
import { providerOf, type ProviderId } from './devices/providers.ts';

export interface SessionSettings {
  readonly provider: ProviderId;
  /** Threads of one run on the processor. */
  readonly threads: number;
  /** Reject rather than let another provider run what this one is not there for, or cannot run. */
  readonly alone?: boolean;
  /** Keep memory for activations from run to run, where `fitsArena` allows it. */
  readonly keepsMemory?: boolean;
  /** Where to write the model as ONNX Runtime optimised it. */
  readonly optimisedFile?: string;
  /** The model is one that ONNX Runtime optimised on this machine. */
  readonly isOptimised?: boolean;
}

/** Opens a model, given as its bytes or its file. Rejects with ONNX Runtime's own error. */
export function openSession(
  model: Uint8Array | string,
  { provider, threads, alone = false, keepsMemory = false, optimisedFile, isOptimised = false }: SessionSettings,
): Promise<InferenceSession> {
  const { executionProviders, ...more } = providerOf(provider).options;
  const noOther = alone && provider !== 'cpu' ? { disable_cpu_ep_fallback: '1' } : {};
  const options: InferenceSession.SessionOptions = {
    ...more,
    executionProviders: executionProviders.slice(0, alone ? 1 : undefined),
    enableCpuMemArena: keepsMemory,
    // Weights, which may be large, are not part of what grows by doubling.
    extra: { session: { ...noOther, use_device_allocator_for_initializers: '1' } },
    executionMode: 'sequential',
    intraOpNumThreads: threads,
    graphOptimizationLevel: isOptimised ? 'disabled' : 'all',
    ...(optimisedFile === undefined ? {} : { optimizedModelFilePath: optimisedFile }),
    logSeverityLevel: 3,
  };
  return typeof model === 'string' ? InferenceSession.create(model, options) : InferenceSession.create(model, options);
}

/** What executes, in words for reports: `ONNX Runtime 1.30, WebGPU`. */
export function deviceText(provider: ProviderId): string {
  return `ONNX Runtime ${runtimeVersion()}, ${provider === 'cpu' ? 'CPU' : providerOf(provider).name}`;
}

/** `1.30`, as the package says. */
function runtimeVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)('onnxruntime-node/package.json');
  const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : '';
  return String(version).split('.').slice(0, 2).join('.');
}
