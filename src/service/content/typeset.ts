/**
 * French text as it is set: no line may begin with a colon, a question mark or a closing guillemet,
 * nor end with an opening one. Writers type plain spaces there; what is served has no-break ones.
 * Other languages are served as they are.
 */
export function typeset(text: string, language: string): string {
  return language === 'fr'
    ? text.replaceAll(/ (?=[:;?!»%])/g, '\u00a0').replaceAll('« ', '«\u00a0')
    : text;
}
