import { CircleAlert, CircleCheck, CircleDashed, CirclePause } from 'lucide-react';
import type { ErrorCode } from '../../shared/errors.ts';
import { formatMoment, formatNumber, type Language } from '../i18n/format.ts';
import type { Texts } from '../i18n/index.ts';
import type { LucideIcon } from '../ui/display/icon.tsx';
import type { DeliveryTargetView } from './views.ts';

type TargetState = {
  icon: LucideIcon;
  tone: 'success' | 'warning' | 'danger' | undefined;
  text: string;
  /** Whole sentences without their full stops. */
  facts: string[];
};

/** Why nothing could be delivered, for people. */
function faultText(kind: DeliveryTargetView['kind'], code: ErrorCode, texts: Texts): string {
  const { webhookFaults, commandFaults } = texts.automation;
  return (kind === 'command' ? commandFaults : webhookFaults)[code] ?? texts.errors[code];
}

/** State of a webhook or of the administrator's command, in words. */
export function targetState(
  target: DeliveryTargetView,
  texts: Texts,
  language: Language,
  nowMs: number,
): TargetState {
  const { automation: words } = texts;
  const { kind, events, off, fault, failingSince, nextTryAt, lastDeliveredAt } = target;
  const at = (ms: number): string => formatMoment(ms, nowMs, language);
  const reason = fault === null ? '' : faultText(kind, fault.code, texts);
  const facts = [
    events.length === Object.keys(words.events).length
      ? words.all
      : events.map((event) => words.events[event]).join(', '),
    ...(kind === 'webhook' && !target.isSigned ? [words.unsigned] : []),
    ...(target.waiting > 0 ? [words.waiting(formatNumber(target.waiting, language))] : []),
    ...(target.missed > 0 ? [words.missed(formatNumber(target.missed, language))] : []),
    ...(off === null && nextTryAt !== null ? [words.nextTry(at(nextTryAt))] : []),
  ];
  if (off !== null)
    return {
      icon: CirclePause,
      tone: 'danger',
      text: (off === 'gone' ? words.off : words.offFailing)(reason),
      facts,
    };
  if (failingSince !== null)
    return {
      icon: CircleAlert,
      tone: 'danger',
      text: words.failing(at(failingSince), reason),
      facts,
    };
  return lastDeliveredAt === null
    ? { icon: CircleDashed, tone: undefined, text: words.fresh, facts }
    : { icon: CircleCheck, tone: 'success', text: words.sent(at(lastDeliveredAt)), facts };
}
