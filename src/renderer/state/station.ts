import { useStore } from 'zustand';
import { ownSession } from '../contract/station-bridge.ts';
import { useApp } from './context.tsx';
import type { StationView } from './views.ts';

/** The browsers that have opened the station, and the id of this one's session; null in a window. */
export function useStationSessions(): { own: string | null; sessions: StationView['sessions'] } {
  const sessions = useStore(useApp().station, ({ value }) => value?.sessions) ?? [];
  return { own: ownSession(), sessions };
}
