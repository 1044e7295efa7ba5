import { expect, test, vi } from 'vitest';
import { addDropped, addFile, exportQueue } from '../../src/renderer/state/import-export.ts';
import type { Returned } from '../../src/shared/contract/define.ts';
import type { AppContract } from '../../src/shared/contract/index.ts';
import { makeApp } from '../support/app.tsx';
import { eventually } from '../support/eventually.ts';
import { refuse, type Answers } from '../support/fake-bridge.ts';

const NONE = { count: 0, first: [] };
async function appWith(answers: Answers) {
  const { app, bridge } = makeApp(answers);
  await eventually(() => expect(app.settings.getState().value).not.toBeNull());
  const shown: string[] = [];
  vi.spyOn(app.toasts.getState(), 'show').mockImplementation((text) => void shown.push(text));
  return { app, bridge, shown };
}
const file = (name: string) => new File(['<metalink/>'], name);

test('what is queued, the names that are others here and those that were refused are told; none of them turns the words around it', async () => {
  const { app, shown } = await appWith({
    'transfers.import': () => ({
      ids: ['t1'],
      renamed: { count: 2, first: [{ given: 'evil\u202evom.exe', path: 'evil-vom.exe' }] },
      refused: { count: 1, first: [{ given: '../x' }] },
    }),
  });
  await addFile(app, file('a.meta4'));
  expect(shown).toEqual([
    'Download queued. 2 files are saved under other names: “evil\ufffdvom.exe” as “evil-vom.exe”… “../x” leads out of the folder and was refused.',
  ]);
});

test('a list of aria2 may be dropped too; what is no document says so, and which file it was', async () => {
  const { app, bridge, shown } = await appWith({ 'transfers.import': refuse('usage') });
  const dropped = {
    files: [file('a.txt'), file('b.doc')],
    getData: () => '',
  } as unknown as DataTransfer;
  await addDropped(app, dropped);
  expect(bridge.sent('transfers.import')).toEqual([{ name: 'a.txt', text: '<metalink/>' }]);
  expect(shown).toEqual(['a.txt: This isn’t an exported queue or a Metalink.']);
});

test('what an export leaves out is counted, and the first of it named', async () => {
  const leftOut = {
    count: 4,
    first: ['a', 'b', 'c', 'd'].map((name) => ({ name, reason: 'secret' as const })),
  };
  const { app, shown } = await appWith({
    'transfers.export': () => ({ name: 'queue.meta4', text: '', count: 0, leftOut }),
  });
  await exportQueue(app, 'metalink');
  expect(shown).toEqual(['Nothing in the queue can be exported: a, b, c…']);
  const whole = await appWith({
    'transfers.export': () => ({ name: 'queue.meta4', text: '', count: 0, leftOut: NONE }),
  });
  await exportQueue(whole.app, 'metalink');
  expect(whole.shown).toEqual(['Nothing in the queue can be exported']);
});

type LeftOut = Returned<AppContract, 'transfers.export'>['leftOut'];
async function saidOfExport(leftOut: LeftOut): Promise<string[]> {
  const { app, shown } = await appWith({
    'transfers.export': () => ({ name: 'queue.json', text: '{}', count: 3, leftOut }),
  });
  await exportQueue(app, 'queue');
  return shown;
}

test('a queue that is saved whole says so, and one that is saved in part how much is missing', async () => {
  const link = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockReturnValue();
  vi.stubGlobal('URL', { ...URL, createObjectURL: () => 'blob:it', revokeObjectURL: () => {} });
  expect(await saidOfExport(NONE)).toEqual(['Queue exported']);
  expect(await saidOfExport({ count: 1, first: [{ name: 'a', reason: 'secret' }] })).toEqual([
    'Queue exported. 1 entry left out: a',
  ]);
  expect(link).toHaveBeenCalledTimes(2);
});
