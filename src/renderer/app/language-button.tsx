import { Languages } from 'lucide-react';
import { useDesk, useLanguage, useTexts } from '../state/context.tsx';
import { errorText } from '../state/enqueue.ts';
import { Button } from '../ui/button.tsx';
import { Menu } from '../ui/select.tsx';

const NAMES = { en: 'English', fr: 'Français' } as const;

/** Before there are settings to go to, the language is chosen here. */
export function LanguageButton() {
  const desk = useDesk();
  const { welcome } = useTexts();
  const language = useLanguage();
  const choose = (next: 'en' | 'fr') => (): void =>
    void desk.client
      .call('settings.set', { language: next })
      .then(desk.settings.take, (error: unknown) =>
        desk.toasts.getState().show(errorText(desk, error)),
      );
  return (
    <Menu
      entries={[
        { id: 'en', label: NAMES.en, onAction: choose('en') },
        { id: 'fr', label: NAMES.fr, onAction: choose('fr') },
      ]}
      label={welcome.language}
    >
      <Button icon={Languages} size={28} tone="quiet">
        {NAMES[language]}
      </Button>
    </Menu>
  );
}
