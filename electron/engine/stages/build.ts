import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { buildNeonFromNetwork } from '../../../core/build/neon/build-network.ts';
import { CortadoError } from '../../../core/common/errors.ts';
import { writeFileAtomically } from '../../../core/common/files.ts';
import { decodeToPixels } from '../../../core/images/pixels.ts';
import { PACKAGE_FOLDER } from '../../../core/project/layout.ts';
import type { BuildView } from '../../shared/schemas/results.ts';
import type { Stage } from '../stage-context.ts';

/** Builds the package for the chosen target. */
export const build: Stage = async ({ session, signal, onProgress, log }): Promise<BuildView> => {
  const { target, accuracy } = session.project.decisions;
  refuseWhatIsNotThere(target.backend);
  const network = await session.network();
  const images = await session.images();
  const preprocessing = await session.preprocessingValue(images);
  const golden = target.golden === null ? images.at(0) : session.project.pathOf(target.golden);
  const scales = target.precision === 'int8' ? await session.scales() : undefined;
  const { names } = await session.labels();
  const name = network.name === '' ? session.project.name : network.name;
  const built = await buildNeonFromNetwork({
    network,
    tableFile: scales?.file,
    tableFormat: scales?.format,
    precision: target.precision,
    keepFloat: new Set(accuracy.keepInFloat),
    preprocessing,
    goldenPixels:
      golden === undefined || preprocessing === undefined
        ? undefined
        : await decodeToPixels(golden, preprocessing, signal),
    labels: names.length === 0 ? undefined : names,
    name,
    signal,
    onProgress,
  });
  for (const note of built.notes) log(note);
  const stem = name.replace(/[^\p{L}\p{N}._-]+/gu, '_');
  const file = join(session.project.folder, PACKAGE_FOLDER, `${stem}-${target.precision}.cortado`);
  await writeFileAtomically(file, built.bytes);
  return {
    file,
    bytes: built.bytes.length,
    sha256: createHash('sha256').update(built.bytes).digest('hex'),
    target: target.backend,
    precision: target.precision,
    layers: built.layers.map(({ layer, runsAs, reason }) => ({ layer, runsAs, reason })),
    notes: [...built.notes],
  };
};

/** A decision that a build cannot carry out is refused, never passed over. */
function refuseWhatIsNotThere(backend: string): void {
  if (backend === 'fpga') {
    throw new CortadoError(
      'build.fpga',
      'This version of Cortado does not build for the FPGA.',
      'Build for NEON: the processor beside the FPGA runs it.',
      { location: { field: 'target.backend' } },
    );
  }
}
