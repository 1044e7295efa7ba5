/**
 * Makes a PDF of a page that needs nothing from elsewhere: tagged, on paper as its styles say.
 * @throws `no-browser`, `pdf-failed`, or the reason of the signal
 */
export type PdfPrinter = (page: string, signal: AbortSignal) => Promise<Uint8Array>;
