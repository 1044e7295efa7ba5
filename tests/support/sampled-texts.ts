/** Shows where it is put into a text as a whole, as no other empty list would. */
const EMPTY = Object.assign([], { toString: () => 'none' });
/** One of each kind of thing that texts with figures are given. */
const SAMPLES: readonly unknown[] = [0, 1, 4, 'Lac', true, undefined, ['Lac'], EMPTY];
/** All combinations of three; a function that takes fewer ignores the rest. */
const SAMPLE_LISTS: readonly unknown[][] = SAMPLES.flatMap((first) =>
  SAMPLES.flatMap((second) => SAMPLES.map((third) => [first, second, third])),
);

/**
 * All texts of a catalogue with their paths. A text that is a function is called with all
 * combinations of samples; those it makes no sense of are left out.
 * @param more objects that texts of this catalogue take as their one argument
 * @throws for a function that returns a text for none of them
 */
export function* sampledTexts(
  catalogue: unknown,
  path: string,
  more: readonly unknown[] = [],
): Generator<[path: string, text: string]> {
  if (typeof catalogue === 'string') yield [path, catalogue];
  else if (typeof catalogue === 'function') {
    const texts = new Set<string>();
    for (const list of [...SAMPLE_LISTS, ...more.map((sample) => [sample])]) {
      try {
        const text = (catalogue as (...list: unknown[]) => unknown)(...list);
        if (typeof text === 'string') texts.add(text);
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
      }
    }
    if (texts.size === 0) throw new Error(`${path} returns no text for any of the samples`);
    for (const text of texts) yield [path, text];
  } else if (typeof catalogue === 'object' && catalogue !== null)
    for (const [name, inner] of Object.entries(catalogue))
      yield* sampledTexts(inner, `${path}.${name}`, more);
}
