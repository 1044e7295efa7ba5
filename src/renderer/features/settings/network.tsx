import { Globe, Unplug, Wifi, WifiOff } from 'lucide-react';
import { useState } from 'react';
import type { Sent } from '../../../shared/contract/define.ts';
import type { AppContract } from '../../../shared/contract/index.ts';
import { formatNumber, formatWhen } from '../../i18n/format.ts';
import { useSecretStore } from '../../state/keychain.ts';
import {
  useConnection,
  useApp,
  useLanguage,
  useNow,
  useSettings,
  useTexts,
} from '../../state/context.tsx';
import { useReportError } from '../../state/errors.ts';
import { useManaged, useServiceManaged } from '../../state/policy.ts';
import { addressError, withScheme } from '../../state/service-address.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Form } from '../../ui/layout/form-layout.tsx';
import { Field } from '../../ui/controls/field.tsx';
import { EntryList, SettingControls, SettingSection } from '../../ui/layout/setting.tsx';
import { Authorities } from './authorities.tsx';
import { ClientCertificates } from './client-certificates.tsx';
import { ManagedMark, ManagedNote } from './managed.tsx';
import { Row, Section } from './parts.tsx';
import { ProxyLogins } from './proxy-logins.tsx';
import { ProxyMode } from './proxy.tsx';
import css from './settings.module.css';
import { useCall } from '../../state/projection.ts';

/** The service in use: an address, or the demo. */
const SERVICE = ['serviceUrl', 'demo'] as const;

const PROXY = ['proxyMode', 'proxyAddress', 'proxyExceptions', 'pacAddress'] as const;

/** Clock offsets below this are not reported. */
const CLOCK_TOLERANCE_MS = 2000;

export function Network() {
  const { settings: words } = useTexts();
  const settings = useSettings();
  const isDemo = useConnection()?.demo ?? false;
  const service = useServiceManaged() ? SERVICE : [];
  if (!settings) return null;
  return (
    <Section of="network" rows={[service]}>
      <Row of={service} text={words.serviceText} title={words.service}>
        <Service
          key={settings.serviceUrl ?? 'demo'}
          isDemo={isDemo}
          url={settings.serviceUrl ?? ''}
        />
      </Row>
      <Row title={words.state}>
        <State />
      </Row>
    </Section>
  );
}

/** How the program reaches the network at all. */
export function NetworkSettings() {
  const { network: words } = useTexts();
  const settings = useSettings();
  const store = useSecretStore();
  // An address alone may be fixed for those who choose a proxy.
  const proxy = useManaged('proxyMode') ? PROXY : [];
  if (!settings) return null;
  return (
    <SettingSection
      note={<ManagedNote rows={[proxy, 'caFiles', 'clientCertificates']} />}
      text={words.titleText}
      title={words.title}
    >
      <Row of={proxy} text={words.proxyText} title={words.proxy}>
        <ProxyMode
          key={`${settings.proxyMode} ${settings.proxyAddress} ${settings.pacAddress}`}
          settings={settings}
        />
      </Row>
      <Row text={words.loginText[store]} title={words.login}>
        <ProxyLogins />
      </Row>
      <Row of="caFiles" text={words.authoritiesText} title={words.authorities}>
        <Authorities />
      </Row>
      <Row of="clientCertificates" text={words.clientsText} title={words.clients}>
        <ClientCertificates />
      </Row>
    </SettingSection>
  );
}

function Service({ url, isDemo }: { url: string; isDemo: boolean }) {
  const app = useApp();
  const texts = useTexts();
  const { settings: words, welcome } = texts;
  const [typed, setTyped] = useState(url);
  const { run, isPending, error: failed } = useCall(app.settings, 'settings.use-service');
  const isDemoManaged = useManaged('demo');
  const use = async (
    target: Sent<AppContract, 'settings.use-service'>,
    name: string,
  ): Promise<void> => {
    if (await run(target)) app.toasts.getState().show(words.connected(name));
  };
  const connect = (): void => {
    const address = withScheme(typed);
    if (typed.trim() !== '' && address !== url)
      void use({ url: address }, URL.canParse(address) ? new URL(address).host : address);
  };
  return (
    <Form failed={failed} onSubmit={connect}>
      <div className={css.path}>
        <Field
          error={failed && addressError(failed, texts)}
          hideLabel
          icon={Globe}
          inputMode="url"
          label={welcome.address}
          placeholder={isDemo ? words.demoInUse : welcome.placeholder}
          small
          spellCheck="false"
          value={typed}
          onChange={setTyped}
        />
        <Button
          isDisabled={typed.trim() === '' || withScheme(typed) === url}
          isPending={isPending}
          type="submit"
        >
          {words.connect}
        </Button>
      </div>
      {isDemo ? (
        <p className={css.help}>{words.demoInUse}</p>
      ) : (
        <SettingControls>
          <Button
            isDisabled={isPending || isDemoManaged}
            size={28}
            onPress={() => void use({ demo: true }, words.demoInUse)}
          >
            {words.startDemo}
          </Button>
          {isDemoManaged && <ManagedMark />}
        </SettingControls>
      )}
    </Form>
  );
}

function State() {
  const app = useApp();
  const { settings: words } = useTexts();
  const language = useLanguage();
  const connection = useConnection();
  const now = useNow(10_000);
  const sync = useCall(app.library, 'library.sync', useReportError());
  if (!connection) return null;
  const { state, lastSeenAt, clockOffsetMs } = connection;
  const icon = { starting: Wifi, online: Wifi, offline: WifiOff, 'no-service': Unplug }[state];
  const off = Math.round(Math.abs(clockOffsetMs) / 1000);
  return (
    <>
      <EntryList
        label={words.state}
        entries={[
          {
            id: 'state',
            icon,
            tone: state === 'online' ? 'success' : state === 'offline' ? 'warning' : undefined,
            text: [
              words.states[state],
              lastSeenAt !== null && words.lastSeen(formatWhen(lastSeenAt, now, language)),
            ]
              .filter(Boolean)
              .join(', '),
            end: (
              <Button isPending={sync.isPending} size={28} onPress={() => void sync.run()}>
                {words.checkNow}
              </Button>
            ),
          },
        ]}
      />
      {lastSeenAt !== null && (
        <p className={css.help}>
          {Math.abs(clockOffsetMs) < CLOCK_TOLERANCE_MS
            ? words.clockRight
            : words.clockOff(words.seconds(formatNumber(off, language)))}
        </p>
      )}
    </>
  );
}
