import { useApp } from '../../state/context.tsx';
import { ApiTokens } from './api-tokens.tsx';
import { Section } from './parts.tsx';
import { StationSessions } from './station-sessions.tsx';

/** What concerns a station alone. */
export function Station() {
  const { info } = useApp();
  if (info.shell !== 'station') return null;
  return (
    <Section of="station">
      <StationSessions />
      <ApiTokens />
    </Section>
  );
}
