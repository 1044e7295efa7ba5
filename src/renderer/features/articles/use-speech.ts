import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { languageName } from '../../i18n/format.ts';
import { useApp, useLanguage, useTexts } from '../../state/context.tsx';
import type { Sheet } from './sheet.ts';
import type { Speech } from './speech.ts';

/** Reads the article aloud. Where there is no voice for its language a toast says so. */
export function useSpeech(
  language: string,
  sheet: Sheet,
): { isSpeaking: boolean; isPending: boolean; toggle: () => void } {
  const app = useApp();
  const { articles } = useTexts();
  const shownIn = useLanguage();
  const content = useStore(sheet.state, (state) => state.content);
  const [isSpeaking, setSpeaking] = useState(false);
  const [isPending, setPending] = useState(false);
  const speech = useRef<{ content: number; of: Speech } | null>(null);
  useEffect(
    () => () => {
      speech.current?.of.stop();
      speech.current = null;
    },
    [],
  );
  const start = async (): Promise<void> => {
    const { article } = sheet;
    if (!article) return;
    if (speech.current?.content !== content) {
      speech.current?.of.stop();
      setPending(true);
      const { makeSpeech } = await import('./speech.ts');
      const made = await makeSpeech(article, language, (block) => {
        sheet.setSpoken(block);
        setSpeaking(block !== null);
      });
      setPending(false);
      // It may have been left meanwhile.
      if (!article.isConnected) return;
      speech.current = made && { content, of: made };
    }
    if (speech.current) speech.current.of.start();
    else app.toasts.getState().show(articles.noVoice(languageName(language, shownIn)));
  };
  return {
    isSpeaking,
    isPending,
    toggle: () => (isSpeaking ? speech.current?.of.pause() : void start()),
  };
}
