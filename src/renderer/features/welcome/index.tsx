import { FlaskConical, Globe } from 'lucide-react';
import { useState } from 'react';
import type { Sent } from '../../../shared/contract/define.ts';
import type { AppContract } from '../../../shared/contract/index.ts';
import { useDesk, useTexts } from '../../state/context.tsx';
import { addressFault, withScheme } from '../../state/service-address.ts';
import { useTask } from '../../state/use-task.ts';
import { Button } from '../../ui/button.tsx';
import { Column, ColumnMark, ColumnTitle, Form } from '../../ui/column.tsx';
import { Field } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Folder } from './folder.tsx';
import { Wall } from './wall.tsx';
import css from './welcome.module.css';

export function WelcomeScreen() {
  const desk = useDesk();
  const texts = useTexts();
  const { welcome, common } = texts;
  const [address, setAddress] = useState('');
  const [isEmpty, setEmpty] = useState(false);
  const connecting = useTask();
  const starting = useTask();
  const use = async (
    task: typeof connecting,
    target: Sent<AppContract, 'settings.use-service'>,
  ): Promise<void> => {
    const done = await task.run(async () =>
      desk.settings.apply(await desk.client.call('settings.use-service', target)),
    );
    // The first page has nothing behind it: there is no way back to before the service.
    if (done) desk.route.setState({ current: { name: 'catalogue' }, behind: [] });
  };
  const connect = (): void => {
    setEmpty(address.trim() === '');
    starting.clear();
    if (address.trim() !== '') void use(connecting, { url: withScheme(address) });
  };
  const startDemo = (): void => {
    connecting.clear();
    void use(starting, { demo: true });
  };
  const error = isEmpty
    ? welcome.empty
    : connecting.failed && addressFault(connecting.failed, texts);
  return (
    <div className={css.split}>
      <div className={css.welcome}>
        <Column>
          <ColumnMark name={common.product} />
          <ColumnTitle lead={welcome.lead}>{welcome.title}</ColumnTitle>
          <Form failed={connecting.failed} onSubmit={connect}>
            <Field
              autoComplete="url"
              error={error}
              icon={Globe}
              inputMode="url"
              label={welcome.address}
              placeholder={welcome.placeholder}
              spellCheck="false"
              value={address}
              onChange={setAddress}
            />
            <Button
              isDisabled={starting.busy}
              isPending={connecting.busy}
              size={40}
              tone="main"
              type="submit"
              wide
            >
              {welcome.connect}
            </Button>
          </Form>
          <p className={css.or}>{welcome.or}</p>
          <div className={css.demo}>
            <Icon of={FlaskConical} size={20} />
            <div>
              <b>{welcome.demo}</b>
              <p>{starting.failed ? texts.errors[starting.failed.code] : welcome.demoText}</p>
            </div>
            <Button
              isDisabled={connecting.busy}
              isPending={starting.busy}
              size={28}
              onPress={startDemo}
            >
              {welcome.startDemo}
            </Button>
          </div>
          <Folder />
        </Column>
      </div>
      <Wall />
    </div>
  );
}
