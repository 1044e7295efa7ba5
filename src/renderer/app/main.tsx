import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import type { Bridge } from '../../shared/contract/define.ts';
import type { AppContract } from '../../shared/contract/index.ts';
import { makeClient } from '../contract/client.ts';
import { connectStation, type Gone } from '../contract/station-bridge.ts';
import { AppProvider } from '../state/context.tsx';
import { createApp } from '../state/app.ts';
import '../ui/styles/tokens.css';
import '../ui/styles/global.css';
import { App } from './app.tsx';
import { StationSignIn } from './station.tsx';

declare global {
  // Set by the preload script; undefined on the station.
  var desk: Bridge | undefined;
}

const container = document.getElementById('root');
if (!container) throw new Error('index.html has no #root');
const root = createRoot(container);
const gate = (gone: Gone): void => root.render(<StationSignIn gone={gone} nowMs={Date.now()} />);

async function start(): Promise<void> {
  const bridge = globalThis.desk ?? (await connectStation(gate));
  if (!bridge) return;
  const client = makeClient<AppContract>(bridge);
  const info = await client.call('app.info');
  const { serviceUrl, demo, sources } = await client.call('settings.get');
  const { state } = await client.call('app.connection');
  const isFirstStart =
    serviceUrl === null && !demo && sources.length === 0 && state === 'no-service';
  const app = createApp(client, info, isFirstStart ? { name: 'welcome' } : { name: 'catalogue' });
  document.documentElement.dataset['platform'] =
    info.shell === 'station' ? 'web' : { win32: 'win', darwin: 'mac', linux: 'win' }[info.platform];
  root.render(
    <StrictMode>
      <AppProvider app={app}>
        <App />
      </AppProvider>
    </StrictMode>,
  );
}

void start();
