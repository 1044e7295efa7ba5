import { X } from 'lucide-react';
import { Button, IconButton } from '../controls/button.tsx';
import css from './toasts.module.css';

type ToastItem = {
  id: number;
  text: string;
  action: { label: string; run: () => void } | null;
};

/** What was done, with Undo where possible. Announced politely; never asks a question. */
export function Toasts({
  label,
  items,
  closeLabel,
  onClose,
}: {
  label: string;
  items: readonly ToastItem[];
  closeLabel: string;
  onClose: (id: number) => void;
}) {
  return (
    <section aria-label={label} aria-live="polite" className={css.region}>
      {items.map((toast) => (
        <div className={css.toast} key={toast.id}>
          <span className={css.text}>{toast.text}</span>
          {toast.action && (
            <Button
              size={28}
              onPress={() => {
                toast.action?.run();
                onClose(toast.id);
              }}
            >
              {toast.action.label}
            </Button>
          )}
          <IconButton
            icon={X}
            iconSize={14}
            label={closeLabel}
            size={28}
            onPress={() => onClose(toast.id)}
          />
        </div>
      ))}
    </section>
  );
}
