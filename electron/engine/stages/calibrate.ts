import { calibrate as calibrateNetwork } from '../../../core/calibration/calibrate.ts';
import type { MethodName } from '../../../core/calibration/methods/index.ts';
import { recordOf, writeRecord } from '../../../core/calibration/record.ts';
import { roundingError } from '../../../core/calibration/rounding-error.ts';
import { writeTable } from '../../../core/calibration/read-table.ts';
import type { CalibrationView } from '../../shared/schemas/results.ts';
import { undecided } from '../project-session.ts';
import type { Stage } from '../stage-context.ts';

/** What the step `calibrate` keeps: the view and the histograms behind it. */
export interface StoredCalibration {
  readonly view: CalibrationView;
  readonly histograms: Readonly<Record<string, { readonly max: number; readonly counts: readonly number[] }>>;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** Makes the scale table from the pictures. */
export const calibrate: Stage = async (context): Promise<StoredCalibration> => {
  const { session, devices, signal, onProgress, warn, log } = context;
  const network = await session.network();
  const images = await session.images();
  if (images.length === 0) throw undecided('pictures', 'images');
  const resolved = await session.preprocessing(images);
  const { format, method, group, threads, device: preferred } = session.project.decisions.calibrate;
  const chosen = await devices.chosen(preferred, { signal, onProgress });
  log(`${chosen.name}: ${chosen.why}`);
  // One thread in each of several processes is quicker than several threads in one; a GPU has one process anyway.
  const processes = chosen.provider === 'cpu' ? (threads ?? undefined) : undefined;
  const result = await calibrateNetwork({
    network,
    device: chosen,
    // Drivers and image libraries may crash or lose memory: not in the engine, which also stays free to answer the window.
    workers: devices.launch === undefined ? undefined : { launch: devices.launch, count: processes },
    inputs: images,
    preprocessing: resolved?.preprocessing,
    format,
    method: method === null ? undefined : (method as MethodName),
    group: group ?? undefined,
    signal,
    onProgress,
  });
  const { device } = result;
  log(`device: ${device}`);
  const { times } = result;
  const parts = [
    `decoding awaited ${seconds(times.waitForDecoding)}`,
    `forwarding ${seconds(times.inference)}`,
    `counting ${seconds(times.histogram)}`,
    `choosing thresholds ${seconds(times.threshold)}`,
  ];
  log(`times: ${parts.join(', ')}`);
  for (const { path, reason } of result.skipped) warn(`${path}: ${reason}`);
  for (const note of result.notes) warn(note);
  await writeTable(session.tableFile, result.table);
  await writeRecord(session.tableFile, recordOf(result, chosen));
  const view: CalibrationView = {
    method: result.method,
    format,
    device,
    used: result.used,
    skipped: [...result.skipped],
    notes: [...result.notes],
    layers: result.layers.map(({ key, layer, blob, max, threshold, scale, clippedShare, histogram }) => ({
      ...{ key, layer, blob, max, threshold, scale, clippedShare },
      trouble: roundingError(histogram, threshold),
    })),
    tableFile: session.tableFile,
  };
  const histograms = Object.fromEntries(
    result.layers.map(({ key, histogram }) => [key, { max: histogram.max, counts: [...histogram.counts] }]),
  );
  return { view, histograms };
};
