const APP_ORIGIN = 'app://bundle';
export const APP_URL = `${APP_ORIGIN}/index.html`;

/**
 * True for the app's page only: media of the service have other paths under the same scheme.
 * @param development origin of the development server, if the page comes from one
 */
export function isOwnPage(url: string, development: string | undefined): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol: scheme, host, pathname } = new URL(url);
  return (
    `${scheme}//${host}${pathname}` === APP_URL ||
    (development !== undefined && new URL(development).host === host)
  );
}

/** Permissions the page uses: a full-screen preview, and copying. */
const USED = ['fullscreen', 'clipboard-sanitized-write'];
export const isGranted = (permission: string, isOurs: boolean): boolean =>
  isOurs && USED.includes(permission);
