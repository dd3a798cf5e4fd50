import type {
  CallArgs,
  CallName,
  CallResult,
  CortadoApi,
  EventName,
  EventPayload,
  Outcome,
} from '../../../electron/shared/ipc-schema.ts';
import type { AppInfo } from '../../../electron/shared/schemas/app.ts';
import type { WireError } from '../../../electron/shared/schemas/basics.ts';
import type { StageName, StageView } from '../../../electron/shared/schemas/stages.ts';
import { recorded } from './recorded.ts';
import { StagePlayer } from './stage-player.ts';

/** One answer per call; a call that it lacks is answered as a defect. */
type Answers = { [Name in CallName]?: (args: CallArgs<Name>) => CallResult<Name> };

export interface DoubleOptions {
  /** Whether the project is open at once, and how far it has come; absent for the start screen. */
  readonly project?: 'before' | 'after';
  readonly language?: 'en' | 'zh-CN';
  readonly dark?: boolean;
  /** Milliseconds that a stage takes. */
  readonly stageMs?: number;
  /** Why there is no virtual board; there is one where absent. */
  readonly noVirtualBoard?: string;
}

/** `window.cortado` with the recorded answers of a real engine: stages pretend to run, decisions hold for the session. */
export class CortadoDouble implements CortadoApi {
  /** Every call that was made, for tests. */
  readonly calls: { readonly name: CallName; readonly args: unknown }[] = [];
  private readonly data = recorded();
  private readonly listeners = new Map<EventName, Set<(payload: never) => void>>();
  private readonly failures = new Map<CallName, WireError>();
  private readonly stages: StagePlayer;
  private info: AppInfo;
  private readonly answers: Answers;

  constructor(options: DoubleOptions = {}) {
    const language = options.language ?? 'en';
    this.info = {
      version: '0.1.0',
      versions: { electron: '45.4.1', chrome: '152.0.0.0', node: '24.21.0' },
      platform: 'linux',
      processor: 'x64',
      language: { choice: options.language ?? 'system', used: language },
      theme: { choice: 'system', dark: options.dark ?? false },
      virtualBoard: { available: options.noVirtualBoard === undefined, reason: options.noVirtualBoard ?? null },
      secrets: { kept: true, backend: 'gnome_libsecret' },
    };
    this.stages = new StagePlayer(this.data, options.project ?? 'before', options.stageMs ?? 1500, (name, payload) => {
      this.emit(name, payload);
    });
    this.answers = { ...this.mainAnswers(), ...this.engineAnswers() };
  }

  call<Name extends CallName>(name: Name, args?: CallArgs<Name>): Promise<Outcome<CallResult<Name>>> {
    this.calls.push({ name, args });
    const failure = this.failures.get(name);
    if (failure !== undefined) return Promise.resolve({ ok: false, error: failure });
    const answer: Answers[Name] = this.answers[name];
    if (answer === undefined) return Promise.resolve({ ok: false, error: noAnswer(name) });
    return Promise.resolve({ ok: true, value: answer(args as never) });
  }

  on<Name extends EventName>(name: Name, listener: (payload: EventPayload<Name>) => void): () => void {
    const own = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, own.add(listener));
    return () => {
      own.delete(listener);
    };
  }

  pathOfDroppedFile(file: unknown): string {
    return file instanceof File ? `/home/user/models/${file.name}` : '';
  }

  /** Tells the window something, as main or the engine would. */
  emit<Name extends EventName>(name: Name, payload: EventPayload<Name>): void {
    for (const listener of this.listeners.get(name) ?? []) (listener as (payload: EventPayload<Name>) => void)(payload);
  }

  /** Tells the window of a project, as main does after a start that goes on where the last one ended. */
  openProject(): void {
    this.emit('project', this.stages.view);
  }

  /** The stage as it stands. */
  stage(name: StageName): StageView | undefined {
    return this.stages.view.stages.find(({ stage }) => stage === name);
  }

  /** From now on this call ends in an error. */
  fail(name: CallName, error: WireError): void {
    this.failures.set(name, error);
  }

  private mainAnswers(): Answers {
    const openedAt = '2026-11-20T09:30:00.000Z';
    let recent = [
      { folder: '/home/user/Cortado/Digits', name: 'Digits', openedAt, exists: true },
      { folder: '/home/user/Cortado/squeezenet', name: 'squeezenet', openedAt, exists: false },
    ];
    return {
      'app.info': () => this.info,
      'app.setLanguage': ({ choice }) => {
        this.change({ language: { choice, used: choice === 'system' ? 'en' : choice } });
      },
      'app.setTheme': ({ choice }) => {
        this.change({ theme: { choice, dark: choice === 'dark' } });
      },
      'app.notices': () => '# Third-party notices',
      'app.copy': () => undefined,
      'app.showFile': () => undefined,
      'window.setProgress': () => undefined,
      'dialog.openFile': ({ kind }) => `/home/user/models/chosen.${kind}`,
      'dialog.openFolder': ({ kind }) => `/home/user/${kind}`,
      'dialog.saveFile': ({ suggestedName }) => `/home/user/${suggestedName}`,
      'project.recent': () => recent,
      'project.forget': ({ folder }) => {
        recent = recent.filter((project) => project.folder !== folder);
      },
      'project.suggestFolder': ({ name }) => `/home/user/Cortado/${name}`,
      'project.create': () => this.stages.view,
      'project.open': () => this.stages.view,
      'project.close': () => undefined,
      'project.look': () => undefined,
      'engine.restart': () => this.stages.view,
      'secrets.list': () => [{ id: '1', kind: 'password', subject: 'pi@192.168.1.20' }],
      'secrets.forget': () => undefined,
    };
  }

  private engineAnswers(): Answers {
    const { data, stages } = this;
    return {
      'project.get': () => stages.view,
      'project.decide': (change) => stages.decide(change),
      'project.rename': () => stages.view,
      'stages.start': ({ stage }) => stages.start(stage),
      'stages.cancel': ({ stage }) => {
        stages.cancel(stage);
      },
      'stages.log': ({ stage }) => data.logs[stage] ?? [],
      'questions.pending': () => [],
      'questions.answer': () => undefined,
      'network.get': () => data.network,
      'network.findPartner': ({ path }) => path.replace(/\.prototxt$/, '.caffemodel'),
      'images.list': ({ offset, limit }) => ({
        ...data.images,
        items: data.images.items.slice(offset, offset + limit),
      }),
      'images.thumbnail': ({ index }) => data.thumbnails[index],
      'preprocessing.get': () => data.preprocessing,
      'preprocessing.preview': ({ index }) => data.previews[index % data.previews.length],
      'preprocessing.evidence': () => (stages.hasRun('evidence') ? data.evidence : null),
      'devices.list': () => data.devices,
      'calibration.get': () => (stages.hasRun('calibrate') ? data.calibration : null),
      'calibration.histogram': ({ key }) => data.histograms.find((each) => each.key === key) ?? data.histograms[0],
      'accuracy.get': () => (stages.hasRun('accuracy') ? data.accuracy : null),
      'tuning.get': () => (stages.hasRun('tune') ? data.tuning : null),
      'board.forgetHostKey': () => true,
      'boards.list': () => data.boards,
      'boards.search': ({ on }) => {
        if (on) this.emit('boards.found', [{ host: 'pi.local', name: 'pi', address: '192.168.1.20', port: 22 }]);
      },
      'board.makeKey': () => ({ file: '/home/user/.ssh/cortado_ed25519', made: true, added: true }),
      'bitstream.check': () => BITSTREAM,
      'bitstream.command': () => ({
        vivado: null,
        folder: '/opt/Cortado/native/fpga',
        command: 'vivado -mode batch -source vivado/build.tcl -tclargs pynq-z1 -output bitstream-pynq-z1',
        file: 'bitstream-pynq-z1/cortado-pynq-z1.bit',
      }),
      'build.get': () => {
        if (!stages.hasRun('build')) return null;
        return stages.view.decisions.target.backend === 'fpga' ? data.fpgaBuild : data.build;
      },
      'board.get': () => (stages.hasRun('probe') ? data.board : null),
      'reports.list': () => (stages.hasRun('run') ? data.reports : []),
      'reports.get': ({ id }) => data.reportViews.find((each) => each.id === id) ?? data.reportViews[0],
      'reports.compare': () => data.comparison,
      'reports.export': () => undefined,
      'reports.remove': () => undefined,
      'results.save': () => undefined,
    };
  }

  private change(change: Partial<AppInfo>): void {
    this.info = { ...this.info, ...change };
    this.emit('app.changed', this.info);
  }
}

/** Not of the recording: the figures are made up. */
const BITSTREAM: CallResult<'bitstream.check'> = {
  header: { design: 'cortado_wrapper', part: '7z020clg400', date: '2026/01/31', time: '12:34:56', bytes: 4_045_564 },
  utilisation: {
    luts: { used: 30_000, available: 53_200 },
    flipFlops: { used: 31_000, available: 106_400 },
    blockRams: { used: 100.5, available: 140 },
    dspSlices: { used: 210, available: 220 },
  },
  timing: { setupSlackNs: 0.312, holdSlackNs: 0.041, met: true },
  notes: [],
};

function noAnswer(name: CallName): WireError {
  return { code: 'defect', message: `the double does not answer ${name}`, advice: '', location: {}, details: '' };
}
