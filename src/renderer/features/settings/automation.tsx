import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useTexts } from '../../state/context.tsx';
import { useSwitchedOff } from '../../state/policy.ts';
import { Button } from '../../ui/controls/button.tsx';
import { SettingSection } from '../../ui/layout/setting.tsx';
import { SwitchedOff } from './managed.tsx';
import { Section } from './parts.tsx';
import { WatchFolder } from './watch-folder.tsx';
import { AddWebhook, Webhooks } from './webhooks.tsx';

/** Who is told of what happens here, and where lists are taken from. */
export function Automation() {
  const { automation: words } = useTexts();
  const [isAdding, setAdding] = useState(false);
  const switchedOff = useSwitchedOff('webhooks');
  return (
    <>
      <Section
        action={
          switchedOff === null ? (
            <Button icon={Plus} tone="main" onPress={() => setAdding(true)}>
              {words.add}
            </Button>
          ) : (
            <SwitchedOff text={switchedOff} />
          )
        }
        of="automation"
        text={words.text}
      >
        <Webhooks />
      </Section>
      <SettingSection title={words.watch}>
        <WatchFolder />
      </SettingSection>
      {isAdding && <AddWebhook onClose={() => setAdding(false)} />}
    </>
  );
}
