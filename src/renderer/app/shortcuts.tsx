import { useEffect, useRef } from 'react';
import { useApp, useTexts } from '../state/context.tsx';
import type { Route } from '../state/route.ts';
import { Keyboard } from 'lucide-react';
import { Dialog } from '../ui/overlays/dialog.tsx';
import { Kbd } from '../ui/display/text.tsx';
import { isTyping } from '../ui/is-typing.ts';
import css from './shell.module.css';

const PLACES: Record<string, Route> = {
  c: { name: 'catalogue' },
  n: { name: 'articles', id: null },
  d: { name: 'transfers', id: null },
  s: { name: 'settings', section: 'general' },
  a: { name: 'account', screen: 'landing' },
};

/** A letter pressed within this time after G still navigates. */
const GO_WITHIN_MS = 2000;

type Shortcuts = { onPalette: () => void; onSheet: () => void; onSearch: () => void };

/**
 * Keyboard shortcuts of every page. Single letters work only outside text fields, and none work
 * behind a dialog.
 */
export function useShortcuts({ onPalette, onSheet, onSearch }: Shortcuts): void {
  const app = useApp();
  const goPressedAt = useRef(-GO_WITHIN_MS);
  useEffect(() => {
    const { go, back } = app.route.getState();
    const plain = (event: KeyboardEvent): (() => void) | null => {
      if (event.timeStamp - goPressedAt.current < GO_WITHIN_MS) {
        const route = PLACES[event.key];
        if (route) return () => go(route);
      }
      if (event.key === '/') return onSearch;
      if (event.key === '?') return onSheet;
      if (event.key === 'g') return () => void (goPressedAt.current = event.timeStamp);
      return null;
    };
    const modified = (event: KeyboardEvent): (() => void) | null => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') return onPalette;
      if ((event.ctrlKey || event.metaKey) && event.key === ',')
        return () => go({ name: 'settings', section: 'general' });
      if (event.altKey && event.key === 'ArrowLeft') return back;
      return null;
    };
    const act = (event: KeyboardEvent, run: (() => void) | null): void => {
      if (!run) return;
      event.preventDefault();
      run();
    };
    const isModified = (event: KeyboardEvent): boolean =>
      event.ctrlKey || event.metaKey || event.altKey;
    const isFree = (event: KeyboardEvent): boolean =>
      !isTyping(event.target) && !document.querySelector('[role="dialog"], [role="alertdialog"]');
    // Fields and lists stop the propagation of their keys, so what must work inside them is handled
    // in the capture phase. Single letters are not: lists use them for typeahead.
    const onTheWayDown = (event: KeyboardEvent): void => {
      if (isModified(event)) act(event, modified(event));
      else if ((event.key === '/' || event.key === '?') && isFree(event)) act(event, plain(event));
    };
    const onTheWayUp = (event: KeyboardEvent): void => {
      if (!event.defaultPrevented && !isModified(event) && isFree(event)) act(event, plain(event));
    };
    document.addEventListener('keydown', onTheWayDown, true);
    document.addEventListener('keydown', onTheWayUp);
    return () => {
      document.removeEventListener('keydown', onTheWayDown, true);
      document.removeEventListener('keydown', onTheWayUp);
    };
  }, [app, onPalette, onSheet, onSearch]);
}

export function ShortcutSheet({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { shell } = useTexts();
  const { keys, groups } = shell;
  const sheet: [string, [string, string[]][]][] = [
    [
      groups.everywhere,
      [
        [keys.palette, ['mod K']],
        [keys.search, ['/']],
        [keys.sheet, ['?']],
        [keys.back, ['Alt ←']],
        [keys.catalogue, ['G', 'C']],
        [keys.news, ['G', 'N']],
        [keys.downloads, ['G', 'D']],
        [keys.settings, ['mod ,']],
        [keys.close, ['Esc']],
      ],
    ],
    [
      groups.player,
      [
        [keys.play, ['Space']],
        [keys.shuttle, ['J', 'K', 'L']],
        [keys.frame, ['←', '→']],
        [keys.shot, ['↑', '↓']],
        [keys.mark, ['I', 'O']],
      ],
    ],
    [
      groups.catalogue,
      [
        [keys.select, ['Space']],
        [keys.selectAll, ['mod A']],
        [keys.queue, ['mod ↵']],
        [keys.open, ['↵']],
      ],
    ],
    [
      groups.news,
      [
        [keys.nextArticle, ['J', 'K']],
        [keys.star, ['S']],
        [keys.markRead, ['M']],
        [keys.selectArticle, ['X']],
        [keys.openPage, ['O']],
        [keys.markAllRead, ['Shift A']],
        [keys.find, ['mod F']],
        [keys.print, ['mod P']],
      ],
    ],
    [
      groups.lists,
      [
        [keys.move, ['↑', '↓']],
        [keys.extend, ['Shift ↓']],
        [keys.folder, ['O']],
      ],
    ],
  ];
  return (
    <Dialog
      wide
      icon={Keyboard}
      isOpen={isOpen}
      title={shell.shortcuts}
      tone="accent"
      onClose={onClose}
    >
      <div className={css.sheet}>
        {sheet.map(([group, rows]) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {rows.map(([what, pressed]) => (
                <div key={what}>
                  <dt>{what}</dt>
                  <dd>
                    {pressed.map((key) => (
                      <Kbd key={key}>{key}</Kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
