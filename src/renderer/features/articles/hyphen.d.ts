// The library states no types: each language has the same functions.
declare module 'hyphen/*' {
  const hyphenator: {
    hyphenateSync(text: string, options: { minWordLength: number }): string;
  };
  export default hyphenator;
}
