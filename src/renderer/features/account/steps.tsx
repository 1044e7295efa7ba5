import { Check } from 'lucide-react';
import { useTexts } from '../../state/context.tsx';
import { Icon } from '../../ui/display/icon.tsx';
import { SrOnly } from '../../ui/display/text.tsx';
import css from './account.module.css';

export function Steps({ names, at }: { names: readonly string[]; at: number }) {
  const { account } = useTexts();
  return (
    <ol aria-label={account.steps} className={css.steps}>
      {names.map((name, index) => (
        <li
          className={index < at ? css.done : undefined}
          key={name}
          {...(index === at && { 'aria-current': 'step' as const })}
        >
          {index < at && <Icon of={Check} size={14} />}
          {name}
          {index < at && <SrOnly>, {account.stepDone}</SrOnly>}
        </li>
      ))}
    </ol>
  );
}

export function useSteps(): { registration: string[]; reset: string[]; emailChange: string[] } {
  const { account } = useTexts();
  return {
    registration: [account.stepDetails, account.stepInbox, account.stepFinished],
    reset: [account.stepAddress, account.stepInbox, account.stepPassword],
    emailChange: [account.newEmail, account.stepInbox],
  };
}
