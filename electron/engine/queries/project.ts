import type { Handlers } from '../../shared/answer-call.ts';
import type { Engine } from '../engine.ts';

type Names =
  | `project.${'get' | 'decide' | 'rename'}`
  | `stages.${'start' | 'cancel' | 'log'}`
  | `questions.${'pending' | 'answer'}`;

/** Calls about the project's decisions, its stages, and questions. */
export function projectQueries(engine: Engine): Handlers<Names> {
  return {
    'project.get': () => engine.project.view(),
    'project.decide': async (change) => {
      const { session, desk, view } = engine.project;
      await session.project.decide(change);
      const { proto, weights } = session.project.decisions.model;
      if (change.step === 'model' && proto !== null && weights !== null) {
        await desk.cancel('load');
        desk.start('load');
      }
      return view();
    },
    'project.rename': async ({ name }) => {
      await engine.project.session.project.rename(name);
      return engine.project.view();
    },
    'stages.start': ({ stage }) => engine.project.desk.start(stage),
    'stages.cancel': ({ stage }) => engine.project.desk.cancel(stage).then(() => undefined),
    'stages.log': ({ stage }) => engine.project.desk.log(stage),
    'questions.pending': () => engine.questions.pending(),
    'questions.answer': (answer) => {
      engine.questions.answer(answer);
      return undefined;
    },
  };
}
