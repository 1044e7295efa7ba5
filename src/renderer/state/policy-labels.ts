import { pad2 } from '../../shared/api/text.ts';
import type {
  AllowedSource,
  ManagedSetting,
  PolicySettings,
} from '../../shared/contract/policy.ts';
import { profileName } from '../../shared/model/format-text.ts';
import type { BandwidthSchedule } from '../../shared/model/schedule.ts';
import {
  countryName,
  formatBytes,
  formatNumber,
  formatRate,
  type Language,
} from '../i18n/format.ts';
import type { Texts } from '../i18n/index.ts';
import { capitalised } from './asset-labels.ts';

/** Null also where a policy leaves nothing out, such as before a service is chosen. */
export type SettingValue = PolicySettings[ManagedSetting] | null;

const clock = (minute: number): string => `${pad2(Math.floor(minute / 60))}:${pad2(minute % 60)}`;
/** Monday is 1: the first day of 2024 was one. */
const dayName = (day: number, language: Language): string =>
  new Intl.DateTimeFormat(language, { weekday: 'short' }).format(new Date(2024, 0, day));

function scheduleText(
  { days, fromMinute, toMinute, pauses }: BandwidthSchedule,
  { policy, settings }: Texts,
  language: Language,
): string {
  const sorted = days.toSorted((a, b) => a - b).join('');
  const named =
    { '12345': settings.days.week, '67': settings.days.weekend, '1234567': settings.days.every }[
      sorted
    ] ?? days.map((day) => dayName(day, language)).join(', ');
  const hours =
    fromMinute === toMinute
      ? `${named}, ${policy.whole}`
      : policy.hours(named, clock(fromMinute), clock(toMinute));
  return pauses ? policy.pausing(hours) : hours;
}

/** What a setting is set to, in words. */
export function settingText(
  name: ManagedSetting,
  value: SettingValue,
  texts: Texts,
  language: Language,
): string {
  const { policy: words, settings, asset, sources } = texts;
  const given = { [name]: value } as PolicySettings;
  const list = (items: readonly string[]): string => items.join(', ') || words.none;
  switch (name) {
    case 'folderTemplate':
    case 'fileTemplate':
      return (value as string | null) ?? words.asPublished;
    case 'limitBytesPerSecond':
      return value === null ? words.none : formatRate(Number(value), language);
    case 'schedule':
      return given.schedule ? scheduleText(given.schedule, texts, language) : settings.always;
    case 'territory':
      return given.territory ? countryName(given.territory, language) : words.ofAccount;
    case 'platforms':
      return list((given.platforms ?? []).map((one) => capitalised(asset.platforms[one] ?? one)));
    case 'notify':
      return settings.notifyKinds[given.notify ?? 'needed'];
    case 'articlesLimitMb':
      return formatBytes(Number(value) * 1e6, language);
    case 'articlesKeepDays':
      return value === null ? texts.feeds.whileThereIsRoom : texts.feeds.days(Number(value));
    case 'sourceMinutes':
      return sources.everyMinutes[given.sourceMinutes ?? 60];
    case 'proxyMode':
      return texts.network.modes[given.proxyMode ?? 'system'];
    case 'updateChannel':
      return words.channels[given.updateChannel ?? 'stable'];
    case 'updates':
      return value === 'on' ? words.on : words.isOff;
    case 'houseFormat':
      return profileName({ id: given.houseFormat ?? '', name: null }, language);
    case 'clientCertificates':
      return list(
        (given.clientCertificates ?? []).map(({ host, file }) =>
          texts.network.clientFor(file, host),
        ),
      );
    case 'demo':
    case 'holdUnderEmbargo':
    case 'tray':
    case 'keepAwake':
      return value === true ? words.on : words.isOff;
    case 'activeTransfers':
    case 'connectionsPerFile':
    case 'connectionsPerHost':
    case 'articlesNewest':
      return formatNumber(Number(value), language);
    case 'articleTopics':
    case 'articleSources':
    case 'proxyExceptions':
    case 'caFiles':
      return list(given[name] ?? []);
    case 'serviceUrl':
    case 'destination':
    case 'proxyAddress':
    case 'pacAddress':
      return given[name] ?? words.none;
  }
  return name satisfies never;
}

export const allowedText = (source: AllowedSource, { policy: words }: Texts): string =>
  'host' in source ? words.at(words.kinds.feed, source.host) : words.kinds[source.kind];
