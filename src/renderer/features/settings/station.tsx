import { useApp } from '../../state/context.tsx';
import { ApiTokens } from './api-tokens.tsx';
import { Section } from './parts.tsx';

/** What concerns a station alone. */
export function Station() {
  const { info } = useApp();
  if (info.shell !== 'station') return null;
  return (
    <Section of="station">
      <ApiTokens />
    </Section>
  );
}
