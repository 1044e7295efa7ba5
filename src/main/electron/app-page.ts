const APP_ORIGIN = 'app://bundle';
export const APP_URL = `${APP_ORIGIN}/index.html`;

/**
 * Our own page, and nothing else that a frame could show: what a service sends lies under the same
 * scheme, at other paths.
 * @param development address of the local build server the page comes from while it is being
 * developed
 */
export function isOwnPage(url: string, development: string | undefined): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol: scheme, host, pathname } = new URL(url);
  return (
    `${scheme}//${host}${pathname}` === APP_URL ||
    (development !== undefined && new URL(development).host === host)
  );
}

/** What our page uses of what a browser asks for: the preview on the whole screen, and copying. */
const USED = ['fullscreen', 'clipboard-sanitized-write'];
export const isGranted = (permission: string, isOurs: boolean): boolean =>
  isOurs && USED.includes(permission);
