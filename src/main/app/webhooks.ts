import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { EVENT_KINDS, type EventKind } from '../../shared/contract/events.ts';
import type { PolicyHook, PolicyWebhook } from '../../shared/contract/policy.ts';
import {
  MAX_WEBHOOKS,
  type DeliveryTarget,
  type StoredWebhook,
  type WebhooksView,
} from '../../shared/contract/webhooks.ts';
import type { Cancel, Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { isLocalHost } from '../../shared/model/url.ts';
import type { runHook as RunHook } from '../adapters/hook-command.ts';
import type { WebhookSender } from '../adapters/http/webhook-sender.ts';
import { isPrivateLiteral } from '../adapters/http/private-addresses.ts';
import { fsError } from '../adapters/fs/errors.ts';
import type { Log } from '../adapters/log.ts';
import { Deliveries, type Outcome, type Target } from '../events/delivery.ts';
import { isSigningKey, newSigningKey, webhookHeaders } from '../events/signature.ts';
import type { Policy } from '../settings/policy.ts';
import type { Settings } from '../settings/settings.ts';
import type { AddressVault } from '../transfers/ports.ts';
import type { DeskEvents } from './desk-events.ts';
import type { DeskNetwork } from './network.ts';

type Deps = {
  events: DeskEvents;
  settings: Settings;
  policy: Policy;
  network: DeskNetwork;
  /** Addresses and signing keys of the user's webhooks. */
  vault: AddressVault;
  version: string;
  clock: Clock;
  /** Delivers by itself; without it only tests are sent. */
  background: boolean;
  log: Log;
  onChanged(view: WebhooksView): void;
};

/** Where an event is posted, and with what it is signed. */
type Receiver = { address: string; key: string | null };

const HOOK_ID = 'hook';
const managedId = (name: string): string => `managed:${name}`;
/** Of an event that a command refuses. */
const HOOK_TRIES = 5;
const PRUNE_EVERY_MS = 6 * 3_600_000;
const MAX_KEY_BYTES = 4096;

/**
 * Who is told of events: the user's webhooks, and the administrator's webhooks and command. The
 * addresses and keys of the user's are in the keychain, or whatever stands for it here.
 */
export class Webhooks {
  readonly #deps: Deps;
  readonly #deliveries: Deliveries;
  #sender: WebhookSender | null = null;
  #cancelPruning: Cancel = () => undefined;
  #rev = 0;

  constructor(deps: Deps) {
    this.#deps = deps;
    const { events, clock, log } = deps;
    this.#deliveries = new Deliveries({
      // Opened with the first target.
      store: {
        after: (...given) => events.store.after(...given),
        newest: () => events.store.newest(),
        target: (id) => events.store.target(id),
        saveTarget: (id, state) => events.store.saveTarget(id, state),
      },
      clock,
      onChanged: () => this.#changed(),
      log: (message) => log.info(`webhooks: ${message}`),
      onBug: (thrown) => log.error('webhooks', thrown),
    });
  }

  /** Begins to deliver, in a program that stays open. Never throws: it opens without all this too. */
  start(): void {
    const { events, log } = this.#deps;
    try {
      this.#follow();
      events.listen(() => {
        this.#deliveries.kick();
        this.#changed();
      });
    } catch (thrown) {
      log.error('webhooks', thrown);
    }
    this.#prune();
  }

  get view(): WebhooksView {
    return { rev: this.#rev, items: this.#targets().map(({ shown }) => this.#row(shown)) };
  }

  /** @throws `managed`, `usage`, `https-required`, `keychain-absent`, `keychain-locked` */
  async add({
    name,
    address,
    events,
  }: {
    name: string | null;
    address: string;
    events: readonly EventKind[];
  }): Promise<{ id: string; signingKey: string; view: WebhooksView }> {
    const { settings, policy, vault } = this.#deps;
    policy.require('webhooks');
    const url = webhookAddress(address);
    const { webhooks } = settings.view;
    if (webhooks.length >= MAX_WEBHOOKS)
      throw new AppError(
        'usage',
        `You can have ${MAX_WEBHOOKS} webhooks at most. Remove one first.`,
      );
    const id = `whk_${randomUUID()}`;
    const signingKey = newSigningKey();
    const kept = await vault.write(id, JSON.stringify({ address: url.href, key: signingKey }));
    if (kept !== 'kept') {
      await vault.remove(id);
      throw new AppError(
        kept === 'locked' ? 'keychain-locked' : 'keychain-absent',
        kept === 'locked'
          ? 'The keychain is locked, so the signing key can’t be kept. Unlock it and try again.'
          : 'There is no keychain to keep the signing key in. On a server, use --credentials file.',
      );
    }
    const added: StoredWebhook = {
      id,
      name: name ?? url.host,
      origin: url.origin,
      events: EVENT_KINDS.filter((kind) => events.includes(kind)),
    };
    // From now on: before it can get any.
    this.#deliveries.state(id);
    settings.setWebhooks([...webhooks, added]);
    this.#follow();
    return { id, signingKey, view: this.#changed() };
  }

  /** No-op for one that isn't there. @throws `managed` for one that the administrator has fixed */
  async remove(id: string): Promise<WebhooksView> {
    const { settings, policy, vault, events } = this.#deps;
    if (this.#targets().some(({ shown }) => shown.id === id && shown.isManaged))
      throw policy.refusal();
    settings.setWebhooks(settings.view.webhooks.filter((one) => one.id !== id));
    this.#follow();
    events.store.removeTarget(id);
    await vault.remove(id);
    return this.#changed();
  }

  /** Sends an event of type `test`. @throws `not-found`, `managed`, or what is wrong */
  async test(id: string): Promise<{ status: number | null; ms: number }> {
    const { clock } = this.#deps;
    const found = this.#require(id);
    const startedMs = clock.nowMs();
    const event = {
      number: 0,
      id: `evt_test_${randomUUID()}`,
      type: 'test',
      timestamp: new Date(startedMs).toISOString(),
      data: {},
    };
    const { outcome, status } =
      found.receiver === null
        ? {
            outcome: await this.#run(found.hook, event, new AbortController().signal),
            status: null,
          }
        : await this.#post(found.receiver, event, new AbortController().signal);
    if (outcome.kind === 'failed')
      throw new AppError(outcome.code, outcome.message, { retryable: true });
    if (outcome.kind === 'gone') throw new AppError('source-gone', outcome.message);
    return { status, ms: clock.nowMs() - startedMs };
  }

  /** Switches it on again, or tries now. @throws `not-found`, `managed` */
  resume(id: string): WebhooksView {
    this.#require(id);
    this.#deliveries.resume(id);
    return this.view;
  }

  async close(): Promise<void> {
    this.#cancelPruning();
    await this.#deliveries.close();
    this.#sender?.close();
  }

  #changed(): WebhooksView {
    this.#rev += 1;
    const { view } = this;
    this.#deps.onChanged(view);
    return view;
  }

  #follow(): void {
    if (!this.#deps.background) return;
    this.#deliveries.setTargets(this.#targets().map(({ target }) => target));
  }

  #prune(): void {
    const { events, clock, log } = this.#deps;
    try {
      const targets = this.#targets().map(({ target }) => target);
      // What another version may have left is none of ours.
      events.store.prune(clock.nowMs(), targets);
    } catch (thrown) {
      log.error('events', thrown);
    }
    this.#cancelPruning = clock.after(PRUNE_EVERY_MS, () => this.#prune());
  }

  #row(shown: Shown): DeliveryTarget {
    const { store } = this.#deps.events;
    const state = this.#deliveries.state(shown.id);
    return {
      ...shown,
      waiting: store.waiting(state.cursor, shown.events),
      lastDeliveredAt: state.lastDeliveredMs,
      failingSince: state.failingSinceMs,
      nextTryAt: this.#deliveries.nextTryMs(shown.id),
      fault: state.fault,
      off: state.off,
      missed: state.missed,
    };
  }

  /** All that get events: the user's own go with their feature. */
  #targets(): Found[] {
    const { policy, settings } = this.#deps;
    const { webhooks, hook } = policy.view;
    return [
      ...webhooks.map((one) => this.#fixed(one)),
      ...(hook === null ? [] : [this.#command(hook)]),
      ...(policy.isOff('webhooks') ? [] : settings.view.webhooks.map((one) => this.#own(one))),
    ];
  }

  #own({ id, name, origin, events }: StoredWebhook): Found {
    return this.#posting(
      { id, kind: 'webhook', name, where: origin, events, isManaged: false, isSigned: true },
      async () => {
        const { value, isLocked } = await this.#deps.vault.read(id);
        if (value !== null) return JSON.parse(value) as Receiver;
        throw isLocked
          ? new AppError('keychain-locked', 'The keychain is locked: the address is in it')
          : new AppError(
              'keychain-absent',
              'Its address and signing key are no longer in the keychain. Remove it and add it again.',
            );
      },
    );
  }

  #fixed({ name, url, events, keyFile }: PolicyWebhook): Found {
    return this.#posting(
      {
        id: managedId(name),
        kind: 'webhook',
        name,
        where: new URL(url).origin,
        events,
        isManaged: true,
        isSigned: keyFile !== undefined,
      },
      async () => ({
        address: url,
        key: keyFile === undefined ? null : await readSigningKey(keyFile),
      }),
    );
  }

  #posting(shown: Shown, receiver: () => Promise<Receiver>): Found {
    return {
      shown,
      receiver,
      target: {
        id: shown.id,
        events: shown.events,
        maxTries: null,
        send: async (event, signal) => (await this.#post(receiver, event, signal)).outcome,
      },
    };
  }

  #command(hook: PolicyHook): Found {
    const [file = ''] = hook.command;
    return {
      shown: {
        id: HOOK_ID,
        kind: 'command',
        name: file,
        where: file,
        events: hook.events,
        isManaged: true,
        isSigned: false,
      },
      receiver: null,
      hook,
      target: {
        id: HOOK_ID,
        events: hook.events,
        maxTries: HOOK_TRIES,
        send: (event, signal) => this.#run(hook, event, signal),
      },
    };
  }

  async #run(
    { command, timeoutSeconds }: PolicyHook,
    event: Parameters<typeof RunHook>[1],
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { clock, log } = this.#deps;
    const { runHook } = await import('../adapters/hook-command.ts');
    return runHook({ command, timeoutMs: timeoutSeconds * 1000 }, event, {
      clock,
      signal,
      log: (text) => log.info(text),
    });
  }

  async #post(
    receiver: () => Promise<Receiver>,
    event: { id: string },
    signal: AbortSignal,
  ): Promise<{ outcome: Outcome; status: number | null }> {
    const { network, version, clock, log } = this.#deps;
    try {
      const { address, key } = await receiver();
      const { createWebhookSender } = await import('../adapters/http/webhook-sender.ts');
      this.#sender ??= createWebhookSender({ network, version, clock });
      const body = JSON.stringify(event);
      const headers = webhookHeaders({ id: event.id, timestampMs: clock.nowMs(), body }, key);
      return await this.#sender.post({ address, headers, body }, signal);
    } catch (thrown) {
      if (!(thrown instanceof AppError)) log.error('webhooks', thrown);
      const { code, message } =
        thrown instanceof AppError ? thrown : new AppError('bug', 'Unexpected error');
      const isOfDesk = code === 'keychain-locked';
      return { status: null, outcome: { kind: 'failed', code, message, isOfDesk } };
    }
  }

  #require(id: string): Found {
    const found = this.#targets().find(({ shown }) => shown.id === id);
    if (found) return found;
    if (this.#deps.settings.view.webhooks.some((one) => one.id === id))
      this.#deps.policy.require('webhooks');
    throw new AppError('not-found', 'No such webhook. See: desk webhook list');
  }
}

type Shown = Pick<
  DeliveryTarget,
  'id' | 'kind' | 'name' | 'where' | 'events' | 'isManaged' | 'isSigned'
>;
type Found = { shown: Shown; target: Target } & (
  | { receiver: () => Promise<Receiver> }
  | { receiver: null; hook: PolicyHook }
);

/** @throws `usage`, `https-required` */
function webhookAddress(text: string): URL {
  const url = URL.parse(text.trim());
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new AppError('usage', 'Use an https address, such as https://mam.example/desk');
  if (url.username !== '' || url.password !== '')
    throw new AppError(
      'usage',
      'Leave the user and password out of the address: events are signed, and the receiver checks the signature.',
    );
  if (
    url.protocol === 'http:' &&
    !isLocalHost(url.hostname) &&
    /^[\d.]+$|^\[/u.test(url.hostname) &&
    !isPrivateLiteral(url.hostname)
  )
    throw new AppError(
      'https-required',
      'http is for addresses of your own network only. Use https.',
    );
  // Never sent.
  url.hash = '';
  return url;
}

/** @throws `usage` for what isn't a signing key, and codes of the disk */
async function readSigningKey(file: string): Promise<string> {
  let text: string;
  try {
    // A pipe in its place keeps nobody waiting.
    const opened = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const { buffer, bytesRead } = await opened.read(
        Buffer.alloc(MAX_KEY_BYTES),
        0,
        MAX_KEY_BYTES,
      );
      text = buffer.toString('utf8', 0, bytesRead).trim();
    } finally {
      await opened.close();
    }
  } catch (thrown) {
    throw fsError(thrown, file);
  }
  if (isSigningKey(text)) return text;
  throw new AppError('usage', `${file} isn’t a signing key: whsec_ and 24 to 64 bytes in base64`);
}
