import {
  Bookmark,
  BookmarkPlus,
  CloudDownload,
  FileDown,
  FileUp,
  Pencil,
  Trash2,
} from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { Button as AriaButton } from 'react-aria-components';
import { useApp, useSettings, useTexts } from '../../state/context.tsx';
import {
  deleteSearch,
  forgetSearch,
  importSearches,
  keepSearch,
  openSearch,
  renameSearch,
  saveAsFile,
  type SavedSearch,
} from '../../state/saved-searches.ts';
import { pickFile } from '../../state/document-files.ts';
import { MAX_SEARCHES_CHARACTERS } from '../../../shared/model/saved-search.ts';
import { Button, IconButton, LinkButton } from '../../ui/controls/button.tsx';
import { Form } from '../../ui/layout/form-layout.tsx';
import { Dialog } from '../../ui/overlays/dialog.tsx';
import { Field } from '../../ui/controls/field.tsx';
import { Icon } from '../../ui/display/icon.tsx';
import { SrOnly } from '../../ui/display/text.tsx';
import css from './saved-searches.module.css';

export function SavedSearchesButton() {
  const app = useApp();
  const { shell } = useTexts();
  const open = (): void => app.savedDialog.getState().open();
  return <IconButton icon={Bookmark} label={shell.savedSearches} size={28} onPress={open} />;
}

/** Saved searches: open, rename, delete, and save the current search. */
export function SavedSearchesDialog() {
  const app = useApp();
  const { catalogue, common, shell } = useTexts();
  const saved = useSettings()?.savedSearches ?? [];
  const { isOpen, renamingId, open, close: shut } = useStore(app.savedDialog);
  // Shown in the dialog, because screen readers can't reach toasts behind it.
  const [said, setSaid] = useState<{ words: string; undo: (() => Promise<unknown>) | null } | null>(
    null,
  );
  const forget = async (search: SavedSearch): Promise<void> => {
    const restore = await deleteSearch(app, search);
    if (restore) setSaid({ words: catalogue.deleted(search.name), undo: restore });
  };
  const save = async (): Promise<void> => {
    const kept = await keepSearch(app);
    const id = kept?.id ?? null;
    if (kept)
      setSaid({
        words: catalogue.saved(kept.name),
        undo: id === null ? null : () => forgetSearch(app, id),
      });
  };
  const read = async (file: File): Promise<void> => {
    // A larger one isn't read: nobody's searches are.
    const text = file.size > MAX_SEARCHES_CHARACTERS ? '' : await file.text();
    const imported = await importSearches(app, text);
    if (imported !== null) setSaid({ words: imported, undo: null });
  };
  const undo = (work: () => Promise<unknown>): void => {
    setSaid(null);
    void work();
  };
  const close = (): void => {
    shut();
    setSaid(null);
  };
  return (
    <Dialog
      icon={Bookmark}
      isOpen={isOpen}
      title={shell.savedSearches}
      onClose={close}
      actions={
        <>
          <Button icon={BookmarkPlus} onPress={() => void save()}>
            {catalogue.empty.save}
          </Button>
          <Button tone="main" onPress={close}>
            {common.close}
          </Button>
        </>
      }
    >
      {saved.length === 0 ? (
        <p>{catalogue.noSearches}</p>
      ) : (
        <ul className={css.list}>
          {saved.map((search) => (
            <Item
              key={search.id}
              isRenaming={search.id === renamingId}
              search={search}
              onRename={() => open(search.id)}
              onRenamed={() => open()}
              onForget={() => void forget(search)}
              onOpened={close}
            />
          ))}
        </ul>
      )}
      <p className={css.files}>
        <Button
          icon={FileUp}
          size={28}
          onPress={() => pickFile('.json', (file) => void read(file))}
        >
          {catalogue.importSearches}
        </Button>
        {saved.length > 0 && (
          <Button icon={FileDown} size={28} onPress={() => saveAsFile(saved)}>
            {catalogue.exportSearches}
          </Button>
        )}
      </p>
      <p className={css.said} role="status">
        {said?.words}
        {said?.undo && (
          <LinkButton onPress={() => said.undo && undo(said.undo)}>{common.undo}</LinkButton>
        )}
      </p>
    </Dialog>
  );
}

function Item({
  search,
  isRenaming,
  onRename,
  onRenamed,
  onForget,
  onOpened,
}: {
  search: SavedSearch;
  isRenaming: boolean;
  onRename: () => void;
  onRenamed: () => void;
  onForget: () => void;
  onOpened: () => void;
}) {
  const app = useApp();
  const { catalogue, shell, autoFetch } = useTexts();
  const isOn = useSettings()?.autoFetch.some((rule) => rule.isOn && rule.searchId === search.id);
  if (isRenaming)
    return (
      <li>
        <Rename search={search} onDone={onRenamed} />
      </li>
    );
  const open = (): void => {
    openSearch(app, search);
    onOpened();
  };
  return (
    <li className={css.item}>
      <AriaButton className={css.open ?? ''} onPress={open}>
        <Icon of={Bookmark} />
        <span>{search.name}</span>
        {isOn === true && <SrOnly>{autoFetch.isOn}</SrOnly>}
      </AriaButton>
      <IconButton
        icon={CloudDownload}
        iconSize={14}
        label={autoFetch.of(search.name)}
        size={28}
        onPress={() => {
          app.route.getState().go({ name: 'auto-fetch', id: search.id });
          onOpened();
        }}
      />
      <IconButton
        icon={Pencil}
        iconSize={14}
        label={catalogue.renameSearch(search.name)}
        size={28}
        onPress={onRename}
      />
      <IconButton
        icon={Trash2}
        iconSize={14}
        label={shell.forgetSearch(search.name)}
        size={28}
        onPress={onForget}
      />
    </li>
  );
}

function Rename({ search: { id, name }, onDone }: { search: SavedSearch; onDone: () => void }) {
  const app = useApp();
  const { catalogue, common, settings } = useTexts();
  const [typed, setTyped] = useState(name);
  const submit = async (): Promise<void> => {
    const next = typed.trim();
    if (next === '' || next === name || (await renameSearch(app, id, next))) onDone();
  };
  return (
    <Form failed={null} onSubmit={() => void submit()}>
      <div className={css.rename}>
        <Field
          autoFocus
          hideLabel
          label={catalogue.searchName}
          maxLength={200}
          small
          value={typed}
          onChange={setTyped}
          onKeyDown={(event) => event.key === 'Escape' && onDone()}
        />
        <Button size={28} onPress={onDone}>
          {common.cancel}
        </Button>
        <Button size={28} tone="main" type="submit">
          {settings.save}
        </Button>
      </div>
    </Form>
  );
}
