import { readdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { CortadoError } from '../../../core/common/errors.ts';
import { isTensorFile } from '../../../core/images/list-images.ts';
import { inspectNetwork, type Inspection } from '../../../core/network/inspect.ts';
import type { Handlers } from '../../shared/answer-call.ts';
import type { Evidence, NetworkView } from '../../shared/schemas/network.ts';
import type { Engine } from '../engine.ts';
import { preview, thumbnail } from '../pictures.ts';
import { undecided } from '../project-session.ts';
import { imageItems, preprocessingView } from '../views.ts';

type Names =
  | `network.${'get' | 'findPartner'}`
  | `images.${'list' | 'thumbnail'}`
  | `preprocessing.${'get' | 'preview' | 'evidence'}`;

/** Calls about the network and the pictures. */
export function inputQueries(engine: Engine): Handlers<Names> {
  const pictureAt = async (index: number): Promise<string> => {
    const picture = (await engine.project.session.images()).at(index);
    if (picture !== undefined) return picture;
    throw new CortadoError('images.missing', 'There is no such picture any more.', 'Look at the folder again.');
  };
  return {
    'network.get': async () => {
      const { session } = engine.project;
      if (session.project.decisions.model.proto === null) return null;
      return networkView(inspectNetwork(await session.network()));
    },
    'network.findPartner': ({ path }) => findPartner(path),
    'images.list': async ({ offset, limit }) => {
      const { session } = engine.project;
      const images = await session.images();
      const items = imageItems(images, offset, limit, await session.labels());
      return { total: images.length, tensors: images.length > 0 && images.every(isTensorFile), items };
    },
    'images.thumbnail': async ({ index, size }) => thumbnail(await pictureAt(index), size),
    'preprocessing.get': async () => {
      const { session } = engine.project;
      return preprocessingView(await session.preprocessing(await session.images()));
    },
    'preprocessing.preview': async ({ index }) => {
      const { session } = engine.project;
      const preprocessing = await session.preprocessingValue(await session.images());
      if (preprocessing === undefined) throw undecided('pictures', 'images');
      return preview(await pictureAt(index), preprocessing);
    },
    'preprocessing.evidence': async () => (await engine.project.session.freshResult<Evidence>('images')) ?? null,
  };
}

/** As the schema has it; the port copies it, so that lists that must not be written to stay what they are. */
function networkView(inspection: Inspection): NetworkView {
  return inspection as unknown as NetworkView;
}

/** The other file of the pair: of the same stem, else the only one of its kind in the folder. */
async function findPartner(path: string): Promise<string | null> {
  const extension = extname(path).toLowerCase() === '.caffemodel' ? '.prototxt' : '.caffemodel';
  const names = await readdir(dirname(path)).catch(() => [] as string[]);
  const candidates = names.filter((name) => extname(name).toLowerCase() === extension);
  const stem = stemOf(path);
  const partner =
    candidates.find((name) => stemOf(name) === stem) ??
    (candidates.length === 1 ? candidates[0] : candidates.find((name) => /deploy/i.test(name)));
  return partner === undefined ? null : join(dirname(path), partner);
}

function stemOf(path: string): string {
  return basename(path, extname(path)).toLowerCase();
}
