import { texts } from '../i18n/index.ts';
import { Mark } from '../ui/mark.tsx';
import css from './shell.module.css';

/**
 * What a page without a session says: the link was used, has expired, or was never there. Nothing
 * else is served to it.
 */
export function StationGate() {
  const { station, common } = texts[navigator.language.startsWith('fr') ? 'fr' : 'en'];
  return (
    <main className={css.gate}>
      <div className={css.gateColumn}>
        <div className={css.gateMark}>
          <Mark />
          <span>{common.product}</span>
        </div>
        <h1>{station.title}</h1>
        <p>{station.text}</p>
        <code>desk station link</code>
      </div>
    </main>
  );
}
