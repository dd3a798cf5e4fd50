import * as v from 'valibot';
import { decisionChangeSchema } from '../../core/project/schema.ts';
import { STEPS } from '../../core/project/steps.ts';
import * as app from './schemas/app.ts';
import { errorSchema, index, nothing, path, pngSchema, text, type WireError } from './schemas/basics.ts';
import * as network from './schemas/network.ts';
import * as results from './schemas/results.ts';
import * as stages from './schemas/stages.ts';

/**
 * Every call and event of the app, once, for main, preload, renderer, engine and tests. Whoever receives a message checks
 * it against this: main and the engine what they are asked, the preload script what they answer and tell.
 */
interface CallDefinition<Args extends v.GenericSchema, Result extends v.GenericSchema> {
  readonly args: Args;
  readonly result: Result;
}

function call<const Args extends v.GenericSchema, const Result extends v.GenericSchema>(
  args: Args,
  result: Result,
): CallDefinition<Args, Result> {
  return { args, result };
}

/** Names a stored report. */
const reportId = v.strictObject({ id: text });

/** Calls that the main process answers: windows, dialogs, settings, secrets, and which project is open. */
export const mainCalls = {
  'app.info': call(nothing, app.appInfoSchema),
  'app.setLanguage': call(v.strictObject({ choice: app.languageChoiceSchema }), nothing),
  'app.setTheme': call(v.strictObject({ choice: app.themeChoiceSchema }), nothing),
  /** The third-party notices, as Markdown. */
  'app.notices': call(nothing, text),
  /** Clipboard, for "copy details". */
  'app.copy': call(v.strictObject({ text }), nothing),
  /** Shows a file that Cortado wrote in the system's file manager. */
  'app.showFile': call(v.strictObject({ path }), nothing),
  /** The window's title and the progress on its icon; null for none. */
  'window.setProgress': call(v.strictObject({ title: text, fraction: v.nullable(v.number()) }), nothing),
  /** Null where the user cancelled. */
  'dialog.openFile': call(v.strictObject({ kind: app.fileKindSchema }), v.nullable(path)),
  'dialog.openFolder': call(v.strictObject({ kind: app.folderKindSchema }), v.nullable(path)),
  'dialog.saveFile': call(v.strictObject({ kind: app.saveKindSchema, suggestedName: text }), v.nullable(path)),
  'project.recent': call(nothing, v.array(app.recentProjectSchema)),
  'project.forget': call(v.strictObject({ folder: path }), nothing),
  /** Makes a project in a folder that is empty or not there yet, and opens it. */
  'project.create': call(
    v.strictObject({ folder: path, name: text, from: v.picklist(['empty', 'sample']) }),
    stages.projectViewSchema,
  ),
  /** A folder for a new project of this name, free and writable, to offer to the user. */
  'project.suggestFolder': call(v.strictObject({ name: text }), path),
  'project.open': call(v.strictObject({ folder: path }), stages.projectViewSchema),
  'project.close': call(nothing, nothing),
  /** Notes which step is looked at, for the next start. */
  'project.look': call(v.strictObject({ step: v.picklist(STEPS) }), nothing),
  /** After a crash: starts the engine anew with the project that was open. */
  'engine.restart': call(nothing, v.nullable(stages.projectViewSchema)),
  'secrets.list': call(nothing, v.array(app.keptSecretSchema)),
  'secrets.forget': call(v.strictObject({ id: text }), nothing),
} as const;

/** Calls that the engine answers; all of them need an open project. */
export const engineCalls = {
  'project.get': call(nothing, stages.projectViewSchema),
  /** Changes one step's decision; saved before the answer comes. */
  'project.decide': call(decisionChangeSchema, stages.projectViewSchema),
  'project.rename': call(v.strictObject({ name: text }), stages.projectViewSchema),
  /** Returns the stage as it stands after it was queued; `stage` events follow. Refused (`stage.running`, `stage.not-ready`) as an error. */
  'stages.start': call(v.strictObject({ stage: stages.stageNameSchema }), stages.stageSchema),
  'stages.cancel': call(v.strictObject({ stage: stages.stageNameSchema }), nothing),
  'stages.log': call(v.strictObject({ stage: stages.stageNameSchema }), v.array(stages.logLineSchema)),
  'questions.pending': call(nothing, v.array(stages.questionSchema)),
  'questions.answer': call(stages.answerSchema, nothing),
  /** Null before the model is chosen; an error where it cannot be read. */
  'network.get': call(nothing, v.nullable(network.networkSchema)),
  /** The other file of the pair, beside the one given; null where it cannot be told. */
  'network.findPartner': call(v.strictObject({ path }), v.nullable(path)),
  'images.list': call(v.strictObject({ offset: index, limit: index }), network.imageListSchema),
  /** `size` is the longer side, in pixels. */
  'images.thumbnail': call(v.strictObject({ index, size: v.pipe(index, v.minValue(8), v.maxValue(1024)) }), pngSchema),
  'preprocessing.get': call(nothing, network.preprocessingSchema),
  'preprocessing.preview': call(v.strictObject({ index }), network.previewSchema),
  /** Result of the stage `evidence`; null before it. */
  'preprocessing.evidence': call(nothing, v.nullable(network.evidenceSchema)),
  'devices.list': call(nothing, v.array(results.deviceSchema)),
  'calibration.get': call(nothing, v.nullable(results.calibrationSchema)),
  'calibration.histogram': call(
    v.strictObject({ key: text, bins: v.pipe(index, v.minValue(1), v.maxValue(2048)) }),
    results.histogramSchema,
  ),
  'accuracy.get': call(nothing, v.nullable(results.accuracySchema)),
  /** Result of the stage `tune`; null before it. */
  'tuning.get': call(nothing, v.nullable(results.tuningSchema)),
  'boards.list': call(nothing, v.array(results.boardDescriptionSchema)),
  /** Looks for boards in the local network, told by `boards.found`, until it is called with `on` false. */
  'boards.search': call(v.strictObject({ on: v.boolean() }), nothing),
  /** Makes a key (or takes the one made before), lets it in on the board of the project, and logs in with it. */
  'board.makeKey': call(
    v.strictObject({ passphrase: text }),
    v.object({ file: path, made: v.boolean(), added: v.boolean() }),
  ),
  /** Checks a .bit, chosen or about to be, for the project's board; refused (`bitstream.…`) as an error. */
  'bitstream.check': call(v.strictObject({ path }), results.checkedBitstreamSchema),
  /** What to run for a bitstream of the project's board. */
  'bitstream.command': call(nothing, results.bitstreamCommandSchema),
  'build.get': call(nothing, v.nullable(results.buildSchema)),
  /** Takes the board's key out of Cortado's own list, so that the next connection asks; false where it is not in that. */
  'board.forgetHostKey': call(nothing, v.boolean()),
  'board.get': call(nothing, v.nullable(results.boardViewSchema)),
  /** The newest first. */
  'reports.list': call(nothing, v.array(results.reportSummarySchema)),
  'reports.get': call(reportId, results.reportViewSchema),
  'reports.compare': call(v.strictObject({ first: text, second: text }), results.comparisonSchema),
  'reports.export': call(
    v.strictObject({
      id: text,
      other: v.nullable(text),
      format: v.picklist(['html', 'json', 'csv-summary', 'csv-samples', 'csv-layers']),
      path,
    }),
    nothing,
  ),
  'reports.remove': call(reportId, nothing),
  /** Copies a file of the project, the table or the package, to where the user wants it. */
  'results.save': call(v.strictObject({ what: v.picklist(['table', 'package']), path }), nothing),
} as const;

/** What main and the engine tell without being asked. */
export const events = {
  'app.changed': app.appInfoSchema,
  /** A menu command. */
  'app.command': v.picklist(['newProject', 'openProject', 'closeProject', 'notices', 'about']),
  /** `crashed`: the project is safe on the disk; `engine.restart` goes on. */
  'engine.state': v.object({
    state: v.picklist(['starting', 'ready', 'crashed']),
    error: v.nullable(errorSchema),
    crashes: index,
  }),
  /** Sent every second by the engine, also while it works. */
  'engine.alive': v.object({ at: text }),
  project: stages.projectViewSchema,
  stage: stages.stageSchema,
  'stage.log': v.object({ stage: stages.stageNameSchema, lines: v.array(stages.logLineSchema) }),
  question: stages.questionSchema,
  /** The question need not be answered any more. */
  'question.closed': v.object({ id: text }),
  /** All boards that a search has found so far. */
  'boards.found': v.array(results.foundBoardSchema),
  live: results.liveSchema,
} as const;

export type MainCalls = typeof mainCalls;
export type EngineCalls = typeof engineCalls;
export type Calls = MainCalls & EngineCalls;
export type Events = typeof events;
export type MainCallName = keyof MainCalls;
export type EngineCallName = keyof EngineCalls;
export type CallName = keyof Calls;
export type EventName = keyof Events;

export type CallArgs<Name extends CallName> = v.InferInput<Calls[Name]['args']>;
export type CallResult<Name extends CallName> = v.InferOutput<Calls[Name]['result']>;
export type EventPayload<Name extends EventName> = v.InferOutput<Events[Name]>;

/** What a call ends in. Errors are data, since an Error loses its fields between processes. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: WireError };

/** `call('app.info')`, `call('project.open', { folder })`. */
export type ArgsOf<Name extends CallName> = CallArgs<Name> extends undefined ? [] : [args: CallArgs<Name>];

/** `window.cortado`, made by the preload script. */
export interface CortadoApi {
  call<Name extends CallName>(name: Name, ...args: ArgsOf<Name>): Promise<Outcome<CallResult<Name>>>;
  /** Returns the function that ends it. */
  on<Name extends EventName>(name: Name, listener: (payload: EventPayload<Name>) => void): () => void;
  /** Path of a file that was dropped on the window; empty where it has none. */
  pathOfDroppedFile(file: unknown): string;
}
