import { describe, expect, test } from 'vitest';
import type { Language } from '../../src/service/http/language.ts';
import { PASSWORD_TEXTS, problemBody } from '../../src/service/http/problems.ts';
import { renderMail, type Mail } from '../../src/service/mail/templates.ts';
import { PROBLEMS, type ProblemFacts, type ProblemName } from '../../src/shared/api/problem.ts';
import { checkEnglish, checkFrench, neverSaid } from '../support/typography.ts';

const TO = 'ada.berg@station.example';
const CONTACT = 'help@station.example';

const mailsIn = (language: Language): Mail[] => [
  ...(['registration-code', 'reset-code', 'email-change-code'] as const).map((kind) => ({
    kind,
    to: TO,
    language,
    code: '123456',
    network: '192.0.2',
  })),
  ...(
    [
      'already-registered',
      'address-in-use',
      'password-changed',
      'email-changed',
      'session-ended',
      'account-locked',
      'account-deleted',
    ] as const
  ).map((kind) => ({ kind, to: TO, language })),
  { kind: 'newsletter-welcome', to: TO, language, unsubscribeToken: 'token' },
];

/** Paragraphs, without the separator of the signature (RFC 3676 §4.3). */
const paragraphs = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && line !== '--');

const detail = (name: ProblemName, language: Language, facts: ProblemFacts = {}): string =>
  problemBody(name, facts, 'id', language).detail;

const texts: [string, Language, string[]][] = (['en', 'fr'] as const).flatMap((language) => [
  ...mailsIn(language).flatMap((mail) =>
    [CONTACT, null].map((contact): [string, Language, string[]] => {
      const { subject, text } = renderMail(mail, { baseUrl: 'http://127.0.0.1:1', contact });
      return [
        `the ${language} mail ${mail.kind}${contact === null ? '' : ' with a contact'}`,
        language,
        [subject, ...paragraphs(text)],
      ];
    }),
  ),
  [
    `the ${language} problems`,
    language,
    Object.keys(PROBLEMS).map((name) => detail(name as ProblemName, language)),
  ],
  [
    `the ${language} password faults`,
    language,
    Object.keys(PASSWORD_TEXTS[language]).map((code) =>
      detail('validation-failed', language, { errors: [{ field: 'password', code }] }),
    ),
  ],
]);

describe('the style guide', () => {
  test.each(texts)('%s keep its typography and its terms', (_, language, said) => {
    const faults = said.flatMap((text) => [
      ...(language === 'fr' ? checkFrench(text) : checkEnglish(text)),
      ...neverSaid(text, language).map((phrase) => `never said: ${phrase}`),
    ]);
    expect(said.length).toBeGreaterThan(1);
    expect(faults).toEqual([]);
  });

  test('problems have titles in its terms', () => {
    const titles = Object.values(PROBLEMS).map(([, title]) => title);
    expect(titles.flatMap((title) => [...checkEnglish(title), ...neverSaid(title, 'en')])).toEqual(
      [],
    );
  });

  test('finds what is wrong', () => {
    expect(
      checkFrench('Mot de passe oublié\u202f? Choisissez «\u00a0Oublié\u00a0»\u00a0: oui'),
    ).toEqual([]);
    expect(checkFrench('Oublié ? À 10:30, voyez https://a.example/?b=c')).toHaveLength(1);
    expect(checkFrench('Oublié\u00a0? « non » : "rien"...')).toHaveLength(7);
    expect(checkFrench("A la rédaction, l'Etat")).toHaveLength(3);
    expect(checkEnglish('Don’t worry: it’s “safe”.')).toEqual([]);
    expect(checkEnglish('Don\'t worry : it’s "safe"...')).toHaveLength(5);
    expect(neverSaid('Unsubscribe in your mail app by email', 'en')).toEqual([]);
    expect(neverSaid('Check the newest e-mail of this program to go on', 'en')).toEqual([
      'go on',
      'e-mail',
      'program',
    ]);
    expect(neverSaid('Pause programmée du sujet', 'fr')).toEqual([]);
    expect(neverSaid('Une version de ce lot dans le programme', 'fr')).toEqual([
      'lot',
      'programme',
    ]);
  });
});

test('a mail says who sends it, and how to reach them where that is known', () => {
  const [mail] = mailsIn('en');
  if (!mail) throw new Error('no mail');
  const ends = (contact: string | null) => {
    const { text, html } = renderMail(mail, { baseUrl: '', contact });
    return { text: text.split('-- \n')[1], html: html.slice(html.lastIndexOf('<p ')) };
  };
  expect(ends(null)).toEqual({
    text: 'Multimedia\nThis is an automatic message. Replies aren’t read.',
    html: '<p style="color:#5b626c">Multimedia<br>This is an automatic message. Replies aren’t read.</p></body></html>',
  });
  expect(ends('Station <help@station.example>')).toEqual({
    text: 'Multimedia\nThis is an automatic message. Contact: Station <help@station.example>',
    html: '<p style="color:#5b626c">Multimedia<br>This is an automatic message. Contact: Station &lt;help@station.example&gt;</p></body></html>',
  });
});
