import type { DetailedHTMLProps, HTMLAttributes } from 'react';

// Only the controller: the package's React entry would import every control.
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
