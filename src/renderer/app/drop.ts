import { useEffect } from 'react';
import { addDropped, canDrop } from '../state/import-export.ts';
import { useApp } from '../state/context.tsx';

/**
 * Metalinks, lists and links can be dropped anywhere on the window; by default the page would
 * navigate to the link.
 */
export function useDrop(): void {
  const app = useApp();
  useEffect(() => {
    const over = (event: DragEvent): void => {
      if (event.dataTransfer && canDrop(event.dataTransfer)) event.preventDefault();
    };
    const drop = (event: DragEvent): void => {
      if (event.defaultPrevented || !event.dataTransfer || !canDrop(event.dataTransfer)) return;
      event.preventDefault();
      void addDropped(app, event.dataTransfer);
    };
    document.addEventListener('dragover', over);
    document.addEventListener('drop', drop);
    return () => {
      document.removeEventListener('dragover', over);
      document.removeEventListener('drop', drop);
    };
  }, [app]);
}
