import { ServerCog } from 'lucide-react';
import { useApp, useTexts } from '../../state/context.tsx';
import { Button } from '../../ui/controls/button.tsx';
import { FormLayoutLogo, FormLayoutTitle, FormLayoutView } from '../../ui/layout/form-layout.tsx';
import css from './account.module.css';

/** An account belongs to a service; the other sources need none. */
export function NoService() {
  const app = useApp();
  const { account, common, sources } = useTexts();
  return (
    <FormLayoutView>
      <FormLayoutLogo name={common.product} />
      <FormLayoutTitle lead={account.noServiceLead}>{account.noServiceTitle}</FormLayoutTitle>
      <div className={css.start}>
        <Button
          icon={ServerCog}
          size={40}
          tone="main"
          onPress={() => app.route.getState().go({ name: 'settings', section: 'network' })}
        >
          {sources.setUpService}
        </Button>
      </div>
    </FormLayoutView>
  );
}
