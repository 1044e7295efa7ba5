const TYPES: Record<string, string> = {
  epub: 'application/epub+zip',
  html: 'text/html',
  json: 'application/json',
  md: 'text/markdown',
  opml: 'text/x-opml',
  meta4: 'application/metalink4+xml',
  pdf: 'application/pdf',
  txt: 'text/plain',
  zip: 'application/zip',
};

/** Saves a document as a download of the browser or the window. */
export function saveDocument(name: string, content: string | Blob): void {
  const url = URL.createObjectURL(
    new Blob([content], {
      type: TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
    }),
  );
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has started by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Opens a file dialog for these types. The page gets the content, never the path. */
export function pickFile(accept: string, onFile: (file: File) => void): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = accept;
  input.addEventListener('change', () => {
    const [file] = input.files ?? [];
    if (file) onFile(file);
  });
  input.click();
}
