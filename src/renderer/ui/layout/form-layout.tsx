import { useEffect, useRef, useState, type ReactNode, type SyntheticEvent } from 'react';
import { Logo } from '../display/icon.tsx';
import css from './form-layout.module.css';

/** Full-page form: a narrow column under the top bar. */
export function FormLayoutView({ children }: { children: ReactNode }) {
  return (
    <div className={css.view}>
      <div className={css.column}>{children}</div>
    </div>
  );
}

/** The column alone, for pages that lay it out themselves. */
export function FormLayout({ children }: { children: ReactNode }) {
  return <div className={css.column}>{children}</div>;
}

export function FormLayoutLogo({ name }: { name: string }) {
  return (
    <div className={css.logo}>
      <Logo />
      <span>{name}</span>
    </div>
  );
}

/** Focused when the screen opens, so that screen readers announce it. */
export function FormLayoutTitle({
  children,
  lead,
  takesFocus = true,
}: {
  children: string;
  lead?: ReactNode;
  takesFocus?: boolean;
}) {
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (takesFocus) ref.current?.focus({ preventScroll: true });
  }, [takesFocus]);
  return (
    <>
      <h1 ref={ref} tabIndex={-1}>
        {children}
      </h1>
      {lead !== undefined && <p className={css.lead}>{lead}</p>}
    </>
  );
}

export function FormLayoutFooter({ children }: { children: ReactNode }) {
  return <p className={css.footer}>{children}</p>;
}

/**
 * A form with its own validation messages instead of the browser's; the first invalid field gets
 * the focus.
 * @param failed result of the last attempt; a new value moves the focus again
 * @param id needed if the submit button is outside the form
 */
export function Form({
  children,
  failed,
  id,
  onSubmit,
}: {
  children: ReactNode;
  failed?: unknown;
  id?: string;
  onSubmit: () => void;
}) {
  const ref = useRef<HTMLFormElement>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (tries > 0 || failed)
      ref.current
        ?.querySelector<HTMLElement>('input[aria-invalid="true"], [data-invalid] > button')
        ?.focus();
  }, [tries, failed]);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setTries(tries + 1);
    onSubmit();
  };
  return (
    <form noValidate className={css.form} id={id} ref={ref} onSubmit={submit}>
      {children}
    </form>
  );
}

export function FormRow({ children }: { children: ReactNode }) {
  return <div className={css.row}>{children}</div>;
}
