/** Types of shots as sources name them: how they are called. */
export const shotTypeWords: Record<'en' | 'fr', Record<string, string>> = {
  en: {
    wide: 'wide shot',
    medium: 'medium shot',
    close: 'close-up',
    detail: 'detail',
    aerial: 'aerial',
    tracking: 'tracking shot',
    interview: 'interview',
    timelapse: 'time-lapse',
    graphic: 'graphic',
    voiceover: 'voice-over',
  },
  fr: {
    wide: 'plan large',
    medium: 'plan moyen',
    close: 'gros plan',
    detail: 'insert',
    aerial: 'vue aérienne',
    tracking: 'travelling',
    interview: 'interview',
    timelapse: 'accéléré',
    graphic: 'infographie',
    voiceover: 'voix off',
  },
};

/** In words; one that nobody knows as its source writes it. */
export const shotTypeName = (type: string, language: 'en' | 'fr'): string => {
  const words = shotTypeWords[language];
  return (Object.hasOwn(words, type) ? words[type] : null) ?? type;
};
