import { useEffect, useRef, useState } from 'react';
import type { TransferState } from '../../../shared/model/transfer.ts';
import type { TransferRow } from '../../state/views.ts';
import { useApp, useLanguage, useTexts } from '../../state/context.tsx';
import { LiveRegion } from '../../ui/display/text.tsx';
import { describeState } from '../../state/transfer-labels.ts';

/** Announces state changes of packages to screen readers, never progress. */
const SAID = new Set<TransferState['phase']>(['waiting', 'paused', 'done', 'failed', 'cancelled']);
const keyOf = ({
  state,
  rights,
  recall,
}: Pick<TransferRow, 'state' | 'rights' | 'recall'>): string =>
  state.phase === 'waiting'
    ? `waiting ${state.reason}`
    : state.phase === 'done' && (rights ?? recall)
      ? `done ${rights?.state} ${recall?.id}`
      : state.phase;

export function TransferLiveRegion() {
  const app = useApp();
  const { transfers, recalls } = useTexts();
  const language = useLanguage();
  const known = useRef(new Map<string, string>());
  const [said, setSaid] = useState('');
  useEffect(
    () =>
      app.client.on('transfers.changed', ({ rows }) => {
        for (const row of rows) {
          const before = known.current.get(row.id);
          const now = keyOf(row);
          known.current.set(row.id, now);
          if (before !== undefined && before !== now && SAID.has(row.state.phase))
            setSaid(
              transfers.withTitle(
                row.title,
                describeState(row, {
                  transfers,
                  recalls,
                  language,
                  nowMs: Date.now(),
                  keychain: app.account.getState().value?.keychain,
                }).words,
              ),
            );
        }
      }),
    [app, transfers, recalls, language],
  );
  return <LiveRegion>{said}</LiveRegion>;
}
