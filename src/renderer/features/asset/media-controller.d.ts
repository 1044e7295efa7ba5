import type { DetailedHTMLProps, HTMLAttributes } from 'react';

// The controller alone: the package's React entry would bring every control there is.
declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'media-controller': DetailedHTMLProps<
        HTMLAttributes<HTMLElement> & { nohotkeys?: boolean },
        HTMLElement
      >;
    }
  }
}
