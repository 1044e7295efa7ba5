import { Monitor, MonitorSmartphone } from 'lucide-react';
import { formatMoment } from '../../i18n/format.ts';
import { useApp, useLanguage, useNow, useTexts } from '../../state/context.tsx';
import { useReportError } from '../../state/errors.ts';
import { useStationSessions } from '../../state/station.ts';
import { Button } from '../../ui/controls/button.tsx';
import { EntryList } from '../../ui/layout/setting.tsx';
import { Row } from './parts.tsx';

/** The browsers that have the station open, or had it and may come back without a new link. */
export function StationSessions() {
  const app = useApp();
  const { station: words } = useTexts();
  const language = useLanguage();
  const now = useNow(60_000);
  const reportError = useReportError();
  const { own, sessions } = useStationSessions();
  const end = (id: string): void =>
    void app.station.call('station.end-session', { id }).catch(reportError);
  return (
    <Row text={words.sessionsText} title={words.sessions}>
      <EntryList
        label={words.sessions}
        entries={sessions.map((session) => {
          const name = words.client(session);
          const isOwn = session.id === own;
          return {
            id: session.id,
            icon: isOwn ? Monitor : MonitorSmartphone,
            ...(isOwn && { tone: 'success' as const }),
            text: [
              name,
              ...(session.from === null ? [] : [session.from]),
              words.since(formatMoment(session.beganAtMs, now, language)),
            ].join(', '),
            end: isOwn ? (
              words.thisBrowser
            ) : (
              <>
                {session.isOpen
                  ? words.openNow
                  : words.lastSeen(formatMoment(session.seenAtMs, now, language))}
                <Button
                  aria-label={words.disconnectOf(name)}
                  size={28}
                  onPress={() => end(session.id)}
                >
                  {words.disconnectIt}
                </Button>
              </>
            ),
          };
        })}
      />
    </Row>
  );
}
