import { CircleCheck, CircleDashed, CircleX, Copy, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { hopWords, verdictOf } from '../../../shared/model/connection-words.ts';
import type { Hop } from '../../../shared/contract/network.ts';
import { formatNumber, formatWhen } from '../../i18n/format.ts';
import { runConnectionTest } from '../../state/connection-test.ts';
import { useApp, useConnection, useLanguage, useNow, useTexts } from '../../state/context.tsx';
import { copyText } from '../../state/copy-text.ts';
import { saveDocument } from '../../state/document-files.ts';
import { useReportError } from '../../state/errors.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Icon } from '../../ui/display/icon.tsx';
import { SrOnly } from '../../ui/display/text.tsx';
import { SettingBlock, SettingSection } from '../../ui/layout/setting.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { useAddAuthority } from './authorities.tsx';
import { LoginDialog } from './proxy-logins.tsx';
import { useMatches } from './parts.tsx';
import css from './connection-test.module.css';

const ICONS = {
  ok: { of: CircleCheck, tone: 'success' },
  failed: { of: CircleX, tone: 'danger' },
  'not-reached': { of: CircleDashed, tone: undefined },
  none: { of: CircleDashed, tone: undefined },
} as const;
/** Faults that a certificate authority mends. */
const MENDED_BY_AUTHORITY: readonly Hop['fault'][] = ['untrusted', 'inspected'];

/** The way to the service, part by part: what works, what fails, and what to do. */
export function ConnectionTest() {
  const app = useApp();
  const { network: words } = useTexts();
  const language = useLanguage();
  const now = useNow(10_000);
  const matches = useMatches();
  const connection = useConnection();
  const isOffline = connection?.state === 'offline';
  const { last, isRunning } = useStore(app.connectionTests);
  if (!matches(`${words.test} ${words.neverTested}`)) return null;
  const failed = last?.hops.find(({ state }) => state === 'failed');
  // Nothing was tested where no service is set up.
  const icon = ICONS[failed ? 'failed' : last?.hops.length === 0 ? 'none' : 'ok'];
  const before = last?.hops.filter(({ state }) => state === 'ok').at(-1);
  const seconds = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  return (
    <SettingSection
      action={
        <Button icon={RefreshCw} isPending={isRunning} onPress={() => void runConnectionTest(app)}>
          {last ? words.again : words.run}
        </Button>
      }
      text={
        last
          ? [
              words.lastTest(
                formatWhen(last.at, now, language),
                seconds.format(Math.max(last.ms / 1000, 0.1)),
              ),
              ...(isOffline || failed ? [words.waits] : []),
            ].join(' ')
          : words.neverTested
      }
      title={words.test}
    >
      <SettingBlock>
        {last && (
          <>
            <p aria-live="polite" className={css.verdict}>
              <Icon of={icon.of} size={20} tone={icon.tone} />
              <span>
                <b>
                  {last.hops.length === 0 && connection?.demo === true
                    ? words.demoOnly
                    : verdictOf(last, language)}
                </b>{' '}
                {failed && before && words.upTo(hopWords(before, language).title)}
              </span>
            </p>
            {last.hops.length > 0 && (
              <ol aria-label={words.hops} className={css.hops}>
                {last.hops.map((hop) => (
                  <Part hop={hop} key={hop.kind} />
                ))}
              </ol>
            )}
            {!failed && <ReportActions />}
          </>
        )}
      </SettingBlock>
    </SettingSection>
  );
}

function Part({ hop }: { hop: Hop }) {
  const { network: words } = useTexts();
  const language = useLanguage();
  const app = useApp();
  const addAuthority = useAddAuthority();
  const [isSigningIn, setSigningIn] = useState(false);
  const [proxy] = hop.hosts;
  const { title, found, toDo, facts } = hopWords(hop, language);
  const isFailed = hop.state === 'failed';
  const icon = ICONS[hop.state];
  return (
    <li className={cx(css.hop, isFailed && css.failed)}>
      <Icon className={icon.tone ? undefined : css.faint} of={icon.of} tone={icon.tone} />
      <div className={css.facts}>
        <b>
          <SrOnly>{words.stateWords[hop.state]} </SrOnly>
          {title}
        </b>
        <p>{found}</p>
        {isFailed && (
          <div className={css.open}>
            {toDo !== null && (
              <p className={css.toDo}>
                <b>{words.toDo}</b> {toDo}
              </p>
            )}
            {facts.length > 0 && (
              <dl>
                {facts.map(([name, value]) => (
                  <div key={name}>
                    <dt>{name}</dt>
                    <dd>{value}</dd>
                  </div>
                ))}
              </dl>
            )}
            <ReportActions>
              {hop.code === 'proxy-auth' && proxy !== undefined && (
                <Button tone="main" onPress={() => setSigningIn(true)}>
                  {words.loginEnter}
                </Button>
              )}
              {MENDED_BY_AUTHORITY.includes(hop.fault) && (
                <Button tone="main" onPress={addAuthority}>
                  {words.addAuthority}
                </Button>
              )}
            </ReportActions>
          </div>
        )}
      </div>
      {isSigningIn && proxy !== undefined && (
        <LoginDialog
          proxy={proxy}
          onClose={() => setSigningIn(false)}
          onSaved={() => void runConnectionTest(app)}
        />
      )}
      <span className={css.ms}>{hop.ms !== null && words.ms(formatNumber(hop.ms, language))}</span>
    </li>
  );
}

/** What can be done with the report of the last test. */
function ReportActions({ children }: { children?: React.ReactNode }) {
  const app = useApp();
  const { network: words } = useTexts();
  const reportError = useReportError();
  const test = useStore(app.connectionTests, ({ last }) => last);
  const report = async (use: (report: { text: string; name: string }) => void): Promise<void> => {
    if (!test) return;
    try {
      use(await app.client.call('network.report', { test }));
    } catch (thrown) {
      reportError(thrown);
    }
  };
  return (
    <div className={css.actions}>
      {children}
      <Button
        icon={Copy}
        onPress={() => void report(({ text }) => void copyText(app, text, words.copied))}
      >
        {words.copy}
      </Button>
      <Button
        tone="quiet"
        onPress={() => void report(({ name, text }) => saveDocument(name, text))}
      >
        {words.save}
      </Button>
    </div>
  );
}
