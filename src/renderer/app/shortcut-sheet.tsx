import { Keyboard } from 'lucide-react';
import { useTexts } from '../state/context.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Kbd } from '../ui/text.tsx';
import css from './shell.module.css';

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
      groups.lists,
      [
        [keys.move, ['↑', '↓']],
        [keys.extend, ['Shift ↓']],
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
