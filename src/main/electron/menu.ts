import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import type { NativeTexts } from './texts.ts';

const separator = { type: 'separator' } as const;

/**
 * The platform's standard menus: macOS shows them, elsewhere they provide the shortcuts. Every
 * entry has its label, because Electron's labels for roles are always English.
 */
export function installMenu({ menu: texts }: NativeTexts): void {
  const isMac = process.platform === 'darwin';
  const template: MenuItemConstructorOptions[] = [
    ...(isMac
      ? [
          {
            role: 'appMenu' as const,
            label: 'Multimedia Desk',
            submenu: [
              { role: 'about' as const, label: texts.about },
              separator,
              { role: 'services' as const, label: texts.services },
              separator,
              { role: 'hide' as const, label: texts.hide },
              { role: 'hideOthers' as const, label: texts.hideOthers },
              { role: 'unhide' as const, label: texts.showAll },
              separator,
              { role: 'quit' as const, label: texts.quitApp },
            ],
          },
        ]
      : []),
    {
      role: 'fileMenu',
      label: texts.file,
      submenu: [
        isMac ? { role: 'close', label: texts.close } : { role: 'quit', label: texts.quitApp },
      ],
    },
    {
      role: 'editMenu',
      label: texts.edit,
      submenu: [
        { role: 'undo', label: texts.undo },
        { role: 'redo', label: texts.redo },
        separator,
        { role: 'cut', label: texts.cut },
        { role: 'copy', label: texts.copy },
        { role: 'paste', label: texts.paste },
        ...(isMac
          ? [
              { role: 'pasteAndMatchStyle' as const, label: texts.pastePlain },
              { role: 'delete' as const, label: texts.delete },
              { role: 'selectAll' as const, label: texts.selectAll },
              separator,
              {
                label: texts.speech,
                submenu: [
                  { role: 'startSpeaking' as const, label: texts.startSpeaking },
                  { role: 'stopSpeaking' as const, label: texts.stopSpeaking },
                ],
              },
            ]
          : [
              { role: 'delete' as const, label: texts.delete },
              separator,
              { role: 'selectAll' as const, label: texts.selectAll },
            ]),
      ],
    },
    {
      label: texts.view,
      submenu: [
        { role: 'resetZoom', label: texts.resetZoom },
        { role: 'zoomIn', label: texts.zoomIn },
        { role: 'zoomOut', label: texts.zoomOut },
        separator,
        { role: 'togglefullscreen', label: texts.fullScreen },
        ...(app.isPackaged ? [] : [{ role: 'toggleDevTools' as const, label: texts.devTools }]),
      ],
    },
    {
      role: 'windowMenu',
      label: texts.window,
      submenu: [
        { role: 'minimize', label: texts.minimize },
        { role: 'zoom', label: texts.zoom },
        ...(isMac
          ? [separator, { role: 'front' as const, label: texts.toFront }]
          : [{ role: 'close' as const, label: texts.close }]),
      ],
    },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
