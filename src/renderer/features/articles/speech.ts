/** One thing that is said: a sentence of a block of the text. */
type Sentence = { block: HTMLElement; text: string };

/** What is spoken, in its order; what the interface says is not. */
const SPOKEN = 'h1, h2, h3, h4, p, li, dt, dd, figcaption, caption, td, th';
/** Chromium loads voices when it is first asked for them, and tells of them later. */
const VOICES_WITHIN_MS = 1500;

function sentencesOf(article: Element, language: string): Sentence[] {
  const segments = new Intl.Segmenter(language, { granularity: 'sentence' });
  return [...article.querySelectorAll<HTMLElement>(SPOKEN)]
    .filter((block) => !block.closest('.own, .end') && !block.querySelector(SPOKEN))
    .flatMap((block) =>
      Array.from(segments.segment(block.textContent.replaceAll('\u00ad', '')), ({ segment }) => ({
        block,
        text: segment.trim(),
      })).filter(({ text }) => text !== ''),
    );
}

const primary = (language: string): string => language.toLowerCase().split(/[-_]/u)[0] ?? '';

/** A voice of the language: of the same region if there is one, and rather one of this computer. */
function bestVoice(
  voices: readonly SpeechSynthesisVoice[],
  language: string,
): SpeechSynthesisVoice | null {
  const rank = (voice: SpeechSynthesisVoice): number =>
    (voice.lang.replace('_', '-').toLowerCase() === language.toLowerCase() ? 4 : 0) +
    (voice.localService ? 2 : 0) +
    (voice.default ? 1 : 0);
  return (
    voices
      .filter(({ lang }) => primary(lang) === primary(language))
      .toSorted((a, b) => rank(b) - rank(a))[0] ?? null
  );
}

async function voicesOf(synthesis: SpeechSynthesis): Promise<readonly SpeechSynthesisVoice[]> {
  const voices = synthesis.getVoices();
  if (voices.length > 0) return voices;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      synthesis.removeEventListener('voiceschanged', done);
      resolve();
    };
    const timer = setTimeout(done, VOICES_WITHIN_MS);
    synthesis.addEventListener('voiceschanged', done);
  });
  return synthesis.getVoices();
}

export type Speech = {
  /** Goes on where it was paused. */
  start(): void;
  pause(): void;
  /** Ends it; the next start is from the beginning. */
  stop(): void;
};

/**
 * Reads an article aloud by a voice of the system, sentence by sentence: a pause ends the sentence
 * and the start after it says that one again, because pausing a voice does not work on every system.
 * @param onBlock the block that is spoken; null when it has ended or paused
 * @returns null if there is no voice for the language
 */
export async function makeSpeech(
  article: Element,
  language: string,
  onBlock: (block: HTMLElement | null) => void,
): Promise<Speech | null> {
  const synthesis = globalThis.speechSynthesis as SpeechSynthesis | undefined;
  const voice = synthesis && bestVoice(await voicesOf(synthesis), language);
  if (!synthesis || !voice) return null;
  const sentences = sentencesOf(article, language);
  let at = 0;
  // What was said before a pause ends later than the pause: only the last start goes on.
  let run = 0;
  const say = (own: number): void => {
    const sentence = sentences[at];
    if (!sentence) {
      at = 0;
      return onBlock(null);
    }
    const utterance = new SpeechSynthesisUtterance(sentence.text);
    utterance.voice = voice;
    utterance.lang = voice.lang;
    const next = (): void => {
      if (own !== run) return;
      at += 1;
      say(own);
    };
    utterance.addEventListener('end', next);
    utterance.addEventListener('error', () => {
      if (own === run) pause();
    });
    onBlock(sentence.block);
    synthesis.speak(utterance);
  };
  const pause = (): void => {
    run += 1;
    synthesis.cancel();
    onBlock(null);
  };
  return {
    start() {
      run += 1;
      synthesis.cancel();
      say(run);
    },
    pause,
    stop() {
      pause();
      at = 0;
    },
  };
}
