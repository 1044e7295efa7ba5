import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useTexts } from '../../state/context.tsx';
import { useOrganisation, useSwitchedOff } from '../../state/policy.ts';
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
  const organisation = useOrganisation();
  const isOff = useSwitchedOff('webhooks') !== null;
  return (
    <>
      <Section
        action={
          isOff ? (
            // Those of the administrator stay.
            <SwitchedOff text={words.ownOff(organisation)} />
          ) : (
            <Button icon={Plus} tone="main" onPress={() => setAdding(true)}>
              {words.add}
            </Button>
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
