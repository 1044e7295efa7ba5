import { FlaskConical, Globe, SatelliteDish } from 'lucide-react';
import { useState } from 'react';
import type { Sent } from '../../../shared/contract/define.ts';
import type { AppContract } from '../../../shared/contract/index.ts';
import { useApp, useTexts } from '../../state/context.tsx';
import { addressError, withScheme } from '../../state/service-address.ts';
import { Button } from '../../ui/controls/button.tsx';
import { FormLayout, FormLayoutLogo, FormLayoutTitle, Form } from '../../ui/layout/form-layout.tsx';
import { Field } from '../../ui/controls/field.tsx';
import { Icon } from '../../ui/display/icon.tsx';
import { Folder } from './folder.tsx';
import { Wall } from './wall.tsx';
import css from './welcome.module.css';
import { useCall } from '../../state/projection.ts';

export function WelcomeScreen() {
  const app = useApp();
  const texts = useTexts();
  const { welcome, common } = texts;
  const [address, setAddress] = useState('');
  const [isEmpty, setEmpty] = useState(false);
  const connecting = useCall(app.settings, 'settings.use-service');
  const starting = useCall(app.settings, 'settings.use-service');
  const use = async (
    task: typeof connecting,
    target: Sent<AppContract, 'settings.use-service'>,
  ): Promise<void> => {
    // The history starts here: there is no way back to the welcome page.
    if (await task.run(target)) app.route.setState({ current: { name: 'catalogue' }, history: [] });
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
  const error = isEmpty ? welcome.empty : connecting.error && addressError(connecting.error, texts);
  return (
    <div className={css.split}>
      <div className={css.welcome}>
        <FormLayout>
          <FormLayoutLogo name={common.product} />
          <FormLayoutTitle lead={welcome.lead}>{welcome.title}</FormLayoutTitle>
          <Form failed={connecting.error} onSubmit={connect}>
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
              isDisabled={starting.isPending}
              isPending={connecting.isPending}
              size={40}
              tone="main"
              type="submit"
              wide
            >
              {welcome.connect}
            </Button>
          </Form>
          <p className={css.or}>{welcome.or}</p>
          <div className={css.others}>
            <div className={css.other}>
              <Icon of={SatelliteDish} size={20} />
              <div>
                <b>{welcome.feed}</b>
                <p>{welcome.feedText}</p>
              </div>
              <Button
                isDisabled={connecting.isPending || starting.isPending}
                size={28}
                onPress={() => app.sourceDialogs.setState({ open: { name: 'add' } })}
              >
                {welcome.addFeed}
              </Button>
            </div>
            <div className={css.other}>
              <Icon of={FlaskConical} size={20} />
              <div>
                <b>{welcome.demo}</b>
                <p>{starting.error ? texts.errors[starting.error.code] : welcome.demoText}</p>
              </div>
              <Button
                isDisabled={connecting.isPending}
                isPending={starting.isPending}
                size={28}
                onPress={startDemo}
              >
                {welcome.startDemo}
              </Button>
            </div>
          </div>
          <Folder />
        </FormLayout>
      </div>
      <Wall />
    </div>
  );
}
