import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type * as z from 'zod';
import {
  allowedSource,
  fixedSource,
  MANAGED_SETTINGS,
  POLICY_FEATURES,
  policyFile,
  policyHook,
  policySettings,
  policySources,
  policyWebhook,
  type FixedSource,
  type ManagedSetting,
  type PolicyFault,
  type PolicyFeature,
  type PolicySettings,
  type PolicyView,
} from '../../shared/contract/policy.ts';
import { AppError } from '../../shared/errors.ts';
import { serviceBase } from '../../shared/model/url.ts';
import type { SourceKind } from '../../shared/contract/sources.ts';
import { checkNetwork, usualNetwork, type NetworkSettings } from './network-settings.ts';
import type { PolicyText } from './ports.ts';

type Content = Omit<PolicyView, 'file' | 'isThere' | 'managed'> & {
  /** Named in the policy with values that can't be used. */
  held: ReadonlySet<ManagedSetting>;
};
type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const NOTHING: Content = {
  organisation: null,
  settings: {},
  held: new Set(),
  disabled: [],
  sources: { allowed: null, fixed: [] },
  webhooks: [],
  hook: null,
  faults: [],
};

/**
 * What an administrator has decided for this computer. What it fixes can't be changed in the program,
 * and what it says wrongly never makes it weaker: a setting with an unusable value stays as it is,
 * an unusable list allows nothing, and of a file that can't be read at all everything that a policy
 * can rule is refused.
 */
export class Policy {
  readonly #text: PolicyText;
  readonly #content: Content;

  constructor(text: PolicyText) {
    this.#text = text;
    this.#content = contentOf(text);
  }

  get view(): PolicyView {
    const { held: _held, ...content } = this.#content;
    return {
      file: this.#text.file,
      isThere: this.#text.text !== null || this.#text.fault !== null,
      ...content,
      managed: MANAGED_SETTINGS.filter((name) => this.isManaged(name)),
    };
  }

  /** The values that it fixes. */
  get settings(): PolicySettings {
    return this.#content.settings;
  }

  /** Sources that are always there. */
  get fixedSources(): readonly FixedSource[] {
    return this.#content.sources.fixed;
  }

  /** True also where the value it has for this isn't understood. */
  isManaged(name: ManagedSetting): boolean {
    return name in this.#content.settings || this.#content.held.has(name);
  }

  isOff(feature: PolicyFeature): boolean {
    return this.#content.disabled.includes(feature);
  }

  /** @throws `managed` for another value than the one in use of something that is managed */
  requireSame<N extends ManagedSetting>(
    name: N,
    wanted: PolicySettings[N],
    inUse: PolicySettings[N],
  ): void {
    if (this.isManaged(name) && !isDeepStrictEqual(wanted, inUse)) throw this.refusal();
  }

  /**
   * @param instead what can be done instead
   * @throws `managed` for a feature that is switched off
   */
  require(feature: PolicyFeature, instead = 'It can’t be used here.'): void {
    if (!this.isOff(feature)) return;
    const { organisation } = this.#content;
    throw new AppError(
      'managed',
      `Switched off by ${organisation ?? 'your administrator'}. ${instead}`,
      organisation === null ? {} : { organisation },
    );
  }

  /** Whether a source may be used, beside those that are always there. */
  allows({ kind, address }: { kind: SourceKind; address: string }): boolean {
    const { allowed } = this.#content.sources;
    if (allowed === null) return true;
    const hostname = URL.canParse(address) ? new URL(address).hostname : '';
    return allowed.some(
      (one) => one.kind === kind && (!('host' in one) || isHostOf(one.host, hostname)),
    );
  }

  /** @throws `managed` for a source that may not be used */
  requireSource(source: { kind: SourceKind; address: string }): void {
    if (!this.allows(source)) throw this.refusal();
  }

  refusal(): AppError {
    const { organisation } = this.#content;
    return new AppError(
      'managed',
      `Set by ${organisation ?? 'your administrator'}. It can’t be changed here.`,
      organisation === null ? {} : { organisation },
    );
  }
}

export const NO_POLICY = new Policy({ file: '', text: null, fault: null });

/** In ASCII and lower case, as `URL` has it, so that `Straße` and its Punycode are one. */
function asHostname(host: string): string {
  const text = `https://${host}`;
  return URL.canParse(text) ? new URL(text).hostname : host.toLowerCase();
}
function isHostOf(pattern: string, hostname: string): boolean {
  const isBelow = pattern.startsWith('*.');
  const host = asHostname(isBelow ? pattern.slice(2) : pattern);
  return isBelow ? hostname.endsWith(`.${host}`) : hostname === host;
}

function contentOf({ text, fault }: PolicyText): Content {
  if (fault !== null) return closed({ ...fault, at: '' });
  if (text === null) return NOTHING;
  let given: unknown;
  try {
    // Editors of Windows begin a file with U+FEFF.
    given = JSON.parse(text.replace(/^\uFEFF/u, ''));
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    return closed({ kind: 'not-json', at: '', detail: 'it isn’t JSON in UTF-8' });
  }
  if (!isObject(given))
    return closed({ kind: 'not-json', at: '', detail: 'it isn’t an object of JSON' });
  return readContent(given);
}

/** Of a file of which nothing is known but that it is there. */
const closed = (fault: PolicyFault): Content => ({
  ...NOTHING,
  held: new Set(MANAGED_SETTINGS),
  disabled: [...POLICY_FEATURES],
  faults: [fault],
});

function readContent(given: Json): Content {
  const faults: PolicyFault[] = [];
  for (const name of unknownIn(given, policyFile.shape)) faults.push(unknown(name));
  const read = <S extends z.ZodType>(schema: S, at: string, value: unknown): z.output<S> | null => {
    const { data, error } = schema.safeParse(value);
    if (!error) return data;
    faults.push(...error.issues.map((issue) => faultOf(issue, at)));
    return null;
  };
  /** The entries that can be used; null if it is no list. */
  const readList = <S extends z.ZodType>(
    schema: S,
    at: string,
    value: unknown,
    faultIn: (entry: z.output<S>) => string | null = () => null,
  ): z.output<S>[] | null => {
    if (!Array.isArray(value)) {
      faults.push({ kind: 'invalid', at, detail: 'it isn’t a list' });
      return null;
    }
    return value.flatMap((entry: unknown, index) => {
      const where = `${at}[${index}]`;
      const one = read(schema, where, entry);
      if (one === null) return [];
      const detail = faultIn(one);
      if (detail === null) return [one];
      faults.push({ kind: 'invalid', at: where, detail });
      return [];
    });
  };
  /** An object, or one without members where it is something else. */
  const readObject = (at: string, value: unknown): Json => {
    if (value === undefined || isObject(value)) return value ?? {};
    faults.push({ kind: 'invalid', at, detail: 'it isn’t an object' });
    return {};
  };

  const { organisation, disabled, webhooks, hook } = given;
  const names = new Set<string>();
  const runs = hook === undefined ? null : read(policyHook, 'hook', hook);
  const isRunnable = runs === null || path.isAbsolute(runs.command[0] ?? '');
  if (!isRunnable) faults.push({ kind: 'invalid', at: 'hook.command[0]', detail: NO_PATH });
  const settings = readSettings(readObject('settings', given['settings']), read, faults);
  const isSettingsLost = given['settings'] !== undefined && !isObject(given['settings']);
  const sources = readObject('sources', given['sources']);
  const isSourcesLost = given['sources'] !== undefined && !isObject(given['sources']);
  for (const name of unknownIn(sources, policySources.shape))
    faults.push(unknown(`sources.${name}`));
  const { allowed, fixed } = sources;
  const features =
    disabled === undefined
      ? []
      : readList(policyFile.shape.disabled.unwrap().element, 'disabled', disabled);
  return {
    organisation:
      organisation === undefined
        ? null
        : read(policyFile.shape.organisation.unwrap(), 'organisation', organisation),
    ...settings,
    ...(isSettingsLost && { held: new Set(MANAGED_SETTINGS) }),
    disabled: features ?? [...POLICY_FEATURES],
    sources: {
      allowed: isSourcesLost
        ? []
        : allowed === undefined
          ? null
          : (readList(allowedSource, 'sources.allowed', allowed) ?? []),
      fixed:
        fixed === undefined
          ? []
          : (readList(fixedSource, 'sources.fixed', fixed, (source) =>
              source.kind !== 'folder' || path.isAbsolute(source.path) ? null : NO_PATH,
            ) ?? []),
    },
    webhooks:
      webhooks === undefined
        ? []
        : (readList(policyWebhook, 'webhooks', webhooks, ({ name, keyFile }) => {
            if (keyFile !== undefined && !path.isAbsolute(keyFile)) return NO_PATH;
            if (names.has(name)) return 'another one has this name';
            names.add(name);
            return null;
          }) ?? []),
    hook: isRunnable ? runs : null,
    faults,
  };
}

const NO_PATH = 'it isn’t a full path';

const unknownIn = (given: Json, shape: object): string[] =>
  Object.keys(given).filter((name) => !Object.hasOwn(shape, name));
const unknown = (at: string): PolicyFault => ({
  kind: 'unknown',
  at,
  detail: 'nothing of that name can be set',
});

/** Names the member, never its value. */
function faultOf({ code, message, path: steps }: z.core.$ZodIssue, at: string): PolicyFault {
  const within = steps
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('');
  const isName =
    code === 'unrecognized_keys' || (code === 'invalid_value' && at.startsWith('disabled'));
  return { kind: isName ? 'unknown' : 'invalid', at: `${at}${within}`, detail: message };
}

function readSettings(
  given: Json,
  read: <S extends z.ZodType>(schema: S, at: string, value: unknown) => z.output<S> | null,
  faults: PolicyFault[],
): Pick<Content, 'settings' | 'held'> {
  const held = new Set<ManagedSetting>();
  const found: Json = {};
  for (const name of unknownIn(given, policySettings.shape))
    faults.push(unknown(`settings.${name}`));
  for (const name of MANAGED_SETTINGS) {
    if (!Object.hasOwn(given, name)) continue;
    const before = faults.length;
    const value = read(policySettings.shape[name].unwrap(), `settings.${name}`, given[name]);
    if (faults.length > before) held.add(name);
    else found[name] = value;
  }
  const settings: PolicySettings = found;
  const hold = (at: ManagedSetting, names: readonly ManagedSetting[], detail: string): void => {
    faults.push({ kind: 'invalid', at: `settings.${at}`, detail });
    for (const name of names) {
      if (!Object.hasOwn(settings, name)) continue;
      held.add(name);
      delete settings[name];
    }
  };
  if (settings.destination !== undefined && !path.isAbsolute(settings.destination))
    hold('destination', ['destination'], 'it isn’t a full path');
  const proxyFault = networkFault(settings, ['proxyMode', 'proxyAddress', 'pacAddress']);
  if (proxyFault) hold('proxyMode', ['proxyMode', 'proxyAddress', 'pacAddress'], proxyFault);
  for (const name of ['caFiles', 'clientCertificates'] as const) {
    const fault = networkFault(settings, [name]);
    if (fault) hold(name, [name], fault);
  }
  // Who names a service means that one, whatever was chosen before.
  if (settings.serviceUrl !== undefined)
    settings.serviceUrl = serviceBase(new URL(settings.serviceUrl));
  if (settings.serviceUrl !== undefined && !Object.hasOwn(given, 'demo')) settings.demo = false;
  if (held.has('serviceUrl')) held.add('demo');
  return { settings, held };
}

/** Why these values of the network can't be used together; null if they can. */
function networkFault(
  settings: PolicySettings,
  names: readonly (keyof NetworkSettings)[],
): string | null {
  const given = Object.fromEntries(
    names.flatMap((name) => (settings[name] === undefined ? [] : [[name, settings[name]]])),
  );
  try {
    checkNetwork({ ...usualNetwork(), ...given });
    return null;
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown.message;
    throw thrown;
  }
}
