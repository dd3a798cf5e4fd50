import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import type { EventPayload } from '../shared/ipc-schema.ts';
import type { Language } from '../shared/schemas/app.ts';

type Command = EventPayload<'app.command'>;

const texts = {
  en: {
    file: 'File',
    newProject: 'New project…',
    openProject: 'Open project…',
    closeProject: 'Close project',
    view: 'View',
    help: 'Help',
    notices: 'Third-party notices',
    about: 'About Cortado',
  },
  'zh-CN': {
    file: '文件',
    newProject: '新建项目…',
    openProject: '打开项目…',
    closeProject: '关闭项目',
    view: '视图',
    help: '帮助',
    notices: '第三方声明',
    about: '关于 Cortado',
  },
} as const satisfies Record<Language, Readonly<Record<string, string>>>;

/** The application's menu. Its commands are carried out by the window, which asks before anything is lost. */
export function setMenu(language: Language, onCommand: (command: Command) => void): void {
  const say = texts[language];
  const item = (command: Command, accelerator?: string): MenuItemConstructorOptions => ({
    label: say[command],
    click: () => {
      onCommand(command);
    },
    ...(accelerator === undefined ? {} : { accelerator }),
  });
  const template: MenuItemConstructorOptions[] = [
    ...(process.platform === 'darwin' ? [{ role: 'appMenu' as const }] : []),
    {
      label: say.file,
      submenu: [
        item('newProject', 'CmdOrCtrl+N'),
        item('openProject', 'CmdOrCtrl+O'),
        item('closeProject', 'CmdOrCtrl+W'),
        { type: 'separator' },
        { role: 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: say.view,
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        ...(app.isPackaged ? [] : [{ role: 'toggleDevTools' as const }]),
      ],
    },
    { label: say.help, submenu: [item('notices'), item('about')] },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
