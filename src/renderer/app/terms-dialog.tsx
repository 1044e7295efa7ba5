import { CalendarClock, RotateCw, ShieldAlert } from 'lucide-react';
import { useStore } from 'zustand';
import { formatMoment } from '../state/asset-labels.ts';
import { useDesk, useLanguage, useNow, useTexts } from '../state/context.tsx';
import { confirmTerms, isUnread, readTermsAgain } from '../state/enqueue.ts';
import { termWords } from '../state/restriction-words.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogList } from '../ui/dialog.tsx';

/** Restrictions are read and agreed to before anything is queued; closing it queues nothing. */
export function TermsDialog() {
  const desk = useDesk();
  const texts = useTexts();
  const language = useLanguage();
  const { asset, downloads, common } = texts;
  const now = useNow(60_000);
  const { confirmation, busy } = useStore(desk.downloads);
  const close = (): void => desk.downloads.setState({ confirmation: null });
  const items = (confirmation?.terms ?? []).map(
    ({ assetId, title, restrictions, embargoUntil }) => ({
      id: assetId,
      ...(embargoUntil !== null && restrictions?.length === 0
        ? { icon: CalendarClock, tone: 'embargo' as const }
        : { icon: ShieldAlert, tone: 'restricted' as const }),
      text: (
        <>
          <b>{title}</b>
          {embargoUntil !== null && (
            <span>
              <br />
              {asset.embargoed(formatMoment(embargoUntil, now, language))} {downloads.notBefore}
            </span>
          )}
          {restrictions === null && (
            <span>
              <br />
              {downloads.unreadTerms}
            </span>
          )}
          {restrictions?.map((restriction) => (
            <span key={restriction.id}>
              <br />
              {termWords(restriction, texts, language)}
            </span>
          ))}
        </>
      ),
    }),
  );
  return (
    <Dialog
      icon={ShieldAlert}
      isOpen={confirmation !== null}
      title={downloads.confirmTitle(items.length + (confirmation?.more ?? 0))}
      tone="restricted"
      onClose={close}
      actions={
        <>
          <Button onPress={close}>{common.cancel}</Button>
          {confirmation !== null && isUnread(confirmation) ? (
            <Button
              icon={RotateCw}
              isPending={busy}
              tone="main"
              onPress={() => void readTermsAgain(desk)}
            >
              {common.retry}
            </Button>
          ) : (
            <Button isPending={busy} tone="main" onPress={() => void confirmTerms(desk)}>
              {downloads.confirm}
            </Button>
          )}
        </>
      }
    >
      <DialogList items={items} />
      {confirmation !== null && confirmation.more > 0 && <p>{downloads.more(confirmation.more)}</p>}
      <p>{downloads.confirmText}</p>
    </Dialog>
  );
}
