import { useEffect } from 'react';
import type { Player } from '../../state/player.ts';
import type { TimedShot } from './copy.ts';

/** Elements with key bindings of their own, where the player's keys are ignored. */
const ELSEWHERE =
  'input, textarea, select, [role="dialog"], [role="alertdialog"], [role="radiogroup"], [role="tablist"], [role="listbox"], [role="menu"]';

/** Key bindings of an edit suite, for the whole page. */
export function usePlayerKeys(
  player: Player,
  shots: readonly TimedShot[],
  current: TimedShot | null,
): void {
  useEffect(() => {
    const jump = (by: number): void => {
      const shot =
        shots[Math.max(0, Math.min(shots.length - 1, (current ? shots.indexOf(current) : 0) + by))];
      if (shot) player.seek(shot.startMs);
    };
    const keys: Record<string, () => void> = {
      k: player.toggle,
      j: () => player.shuttle(-1),
      l: () => player.shuttle(1),
      i: () => player.mark('in'),
      o: () => player.mark('out'),
      ArrowLeft: () => player.step(-1),
      ArrowRight: () => player.step(1),
      ArrowUp: () => jump(-1),
      ArrowDown: () => jump(1),
      ' ': player.toggle,
      m: player.toggleSound,
    };
    const listen = (event: KeyboardEvent): void => {
      const target = event.target instanceof Element ? event.target : null;
      if (
        event.defaultPrevented ||
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        target?.closest(ELSEWHERE) ||
        document.querySelector('[role="dialog"]')
      )
        return;
      if (event.key === ' ' && target?.closest('button, [role="button"], a, [role="link"]')) return;
      const run = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (!run) return;
      event.preventDefault();
      run();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [player, shots, current]);
}
