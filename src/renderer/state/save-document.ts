const TYPES: Record<string, string> = {
  html: 'text/html',
  json: 'application/json',
  meta4: 'application/metalink4+xml',
  txt: 'text/plain',
};

/**
 * Hands a document to whoever runs this page to be kept: the browser's or the window's own
 * download.
 */
export function saveDocument(name: string, text: string): void {
  const url = URL.createObjectURL(
    new Blob([text], { type: TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream' }),
  );
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Lets the user choose one file of these kinds; the page gets its content, never its place. */
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
