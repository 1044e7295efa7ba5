import { useState } from 'react';
import { shellHtml } from './shell.ts';
import css from './articles.module.css';

/**
 * The document that an article is read in: a frame in which nothing runs and nothing loads but its
 * pictures. The page reads and changes it from outside.
 * @param onDocument called with the empty document, and with another one should it be lost
 */
export function Frame({
  title,
  onDocument,
}: {
  title: string;
  onDocument: (inside: Document, frame: HTMLIFrameElement) => void;
}) {
  const [tries, setTries] = useState(0);
  const [shell] = useState(() => shellHtml(document.baseURI, crypto.randomUUID()));
  return (
    <iframe
      className={css.frame}
      key={tries}
      sandbox="allow-same-origin"
      srcDoc={shell}
      title={title}
      onLoad={({ currentTarget }) => {
        // A frame that was led elsewhere shows nobody's page: the policy refuses it. It begins anew.
        const inside = currentTarget.contentDocument;
        if (inside) onDocument(inside, currentTarget);
        else setTries((before) => before + 1);
      }}
    />
  );
}
