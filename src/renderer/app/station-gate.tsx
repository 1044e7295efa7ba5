import { texts } from '../i18n/index.ts';

/** What a page without a session says: the link was used, has expired, or was never there. Nothing else is served to it. */
export function StationGate() {
  const { station } = texts[navigator.language.startsWith('fr') ? 'fr' : 'en'];
  return (
    <main>
      <h1>{station.title}</h1>
      <p>{station.text}</p>
      <p>
        <code>desk station link</code>
      </p>
    </main>
  );
}
