import { FlaskConical, Globe } from 'lucide-react';
import { useState } from 'react';
import type { Sent } from '../../../shared/contract/define.ts';
import type { AppContract } from '../../../shared/contract/index.ts';
import { useApp, useTexts } from '../../state/context.tsx';
import { addressError, withScheme } from '../../state/service-address.ts';
import { useTask } from '../../state/use-task.ts';
import { Button } from '../../ui/button.tsx';
import { FormLayout, FormLayoutLogo, FormLayoutTitle, Form } from '../../ui/form-layout.tsx';
import { Field } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Folder } from './folder.tsx';
import { Wall } from './wall.tsx';
import css from './welcome.module.css';

export function WelcomeScreen() {
  const app = useApp();
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
      app.settings.apply(await app.client.call('settings.use-service', target)),
    );
    // The history starts here: there is no way back to the welcome page.
    if (done) app.route.setState({ current: { name: 'catalogue' }, history: [] });
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
    : connecting.failed && addressError(connecting.failed, texts);
  return (
    <div className={css.split}>
      <div className={css.welcome}>
        <FormLayout>
          <FormLayoutLogo name={common.product} />
          <FormLayoutTitle lead={welcome.lead}>{welcome.title}</FormLayoutTitle>
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
        </FormLayout>
      </div>
      <Wall />
    </div>
  );
}
