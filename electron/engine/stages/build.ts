import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { acceleratorTarget, buildFpgaFromNetwork } from '../../../core/build/fpga/build-fpga-package.ts';
import type { AcceleratorPlan } from '../../../core/build/fpga/plan-summary.ts';
import type { BuiltPackage } from '../../../core/build/neon/build.ts';
import { buildNeonFromNetwork, type NetworkBuild } from '../../../core/build/neon/build-network.ts';
import { CortadoError } from '../../../core/common/errors.ts';
import { writeFileAtomically } from '../../../core/common/files.ts';
import { decodeToPixels } from '../../../core/images/pixels.ts';
import { PACKAGE_FOLDER } from '../../../core/project/layout.ts';
import type { Decisions } from '../../../core/project/schema.ts';
import type { BuildView } from '../../shared/schemas/results.ts';
import type { ProjectSession } from '../project-session.ts';
import type { Stage, StageContext } from '../stage-context.ts';

/** Builds the package for the chosen target. */
export const build: Stage = async (context): Promise<BuildView> => {
  const { session, log } = context;
  const { target } = session.project.decisions;
  requireInt8OnFpga(target);
  const { built, plan } = await packageFor(target, session, await buildRequest(context));
  for (const note of built.notes) log(note);
  const name = await packageName(session);
  const stem = name.replace(/[^\p{L}\p{N}._-]+/gu, '_');
  const kind = target.backend === 'fpga' ? (target.board ?? 'fpga') : target.precision;
  const file = join(session.project.folder, PACKAGE_FOLDER, `${stem}-${kind}.cortado`);
  await writeFileAtomically(file, built.bytes);
  return {
    file,
    bytes: built.bytes.length,
    sha256: createHash('sha256').update(built.bytes).digest('hex'),
    target: target.backend,
    precision: target.precision,
    layers: built.layers.map(({ layer, runsAs, reason }) => ({ layer, runsAs, reason })),
    notes: [...built.notes],
    halfError: built.half === undefined ? null : Math.max(0, ...built.half.outputs.map(({ error }) => error)),
    plan: plan === null ? null : { ...plan, layers: plan.layers.map((layer) => ({ ...layer })) },
  };
};

async function packageFor(
  target: Decisions['target'],
  session: ProjectSession,
  request: NetworkBuild,
): Promise<{ readonly built: BuiltPackage; readonly plan: AcceleratorPlan | null }> {
  if (target.backend === 'neon') return { built: await buildNeonFromNetwork(request), plan: null };
  const { rtlFolder } = session;
  const built = await buildFpgaFromNetwork({ ...request, target: acceleratorTarget(target.board ?? ''), rtlFolder });
  return { built, plan: built.plan };
}

async function buildRequest({ session, signal, onProgress }: StageContext): Promise<NetworkBuild> {
  const { target, accuracy } = session.project.decisions;
  const isInt8 = target.precision === 'int8';
  const scales = isInt8 ? await session.scales() : undefined;
  const images = await session.images();
  const preprocessing = await session.preprocessingValue(images);
  const golden = target.golden === null ? images.at(0) : session.project.pathOf(target.golden);
  const { names } = await session.labels();
  return {
    network: await session.network(),
    tableFile: scales?.file,
    tableFormat: scales?.format,
    precision: target.precision,
    keepFloat: isInt8 ? new Set(accuracy.keepInFloat) : undefined,
    preprocessing,
    goldenPixels:
      golden === undefined || preprocessing === undefined
        ? undefined
        : await decodeToPixels(golden, preprocessing, signal),
    labels: names.length === 0 ? undefined : names,
    name: await packageName(session),
    signal,
    onProgress,
  };
}

async function packageName(session: ProjectSession): Promise<string> {
  const { name } = await session.network();
  return name === '' ? session.project.name : name;
}

/** A decision that a build cannot carry out is refused, never passed over. */
function requireInt8OnFpga({ backend, precision }: Decisions['target']): void {
  if (backend === 'neon' || precision === 'int8') return;
  throw new CortadoError(
    'build.fpga-precision',
    `The accelerator computes in int8, not in ${precision}.`,
    'Choose int8, or build for the processor.',
    { location: { field: 'target.precision' } },
  );
}
